// Reads a log as the runner of GitHub Actions does, says which commands are in it (JSON on standard
// output), and fails if one is not byte for byte what GitHub's own toolkit would have written.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const toolkit = await import(pathToFileURL(`${process.argv[2]}/actions-core/lib/command.js`));

// ActionCommand.TryParseV2 of the runner: a command stands at the start of a line, white space aside.
function parsed(line) {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return undefined;
  const [, command, rest] = /^(\S+) ?(.*)$/s.exec(text.slice(2, end)) ?? [];
  const properties = {};
  for (const one of (rest ?? '').split(',').filter(Boolean)) {
    const at = one.indexOf('=');
    properties[one.slice(0, at)] = unescaped(one.slice(at + 1), PROPERTY);
  }
  return { command, properties, message: unescaped(text.slice(end + 2), DATA) };
}

const DATA = { '%0D': '\r', '%0A': '\n', '%25': '%' };
const PROPERTY = { ...DATA, '%3A': ':', '%2C': ',' };

function unescaped(text, table) {
  return text.replace(/%[0-9A-F]{2}/g, (code) => table[code] ?? code);
}

function written({ command, properties, message }) {
  const write = process.stdout.write;
  let text = '';
  process.stdout.write = (piece) => ((text += piece), true);
  toolkit.issueCommand(command, properties, message);
  process.stdout.write = write;
  return text;
}

const commands = [];
for (const line of readFileSync(0, 'utf8').split('\n')) {
  // ActionCommand.TryParse: the older form stands anywhere.
  if (/##\w*\[/.test(line)) throw new Error(`a command of the older form: ${line}`);
  const command = parsed(line);
  if (!command) continue;
  if (written(command) !== `${line}\n`) throw new Error(`the toolkit writes: ${written(command)}`);
  commands.push(command);
}
process.stdout.write(JSON.stringify(commands));
