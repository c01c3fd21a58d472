// Runs the problem matchers of editors/ over the lines on standard input, as their hosts do: the first
// pattern that fits makes a problem. Writes what each of them finds (JSON).
import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../../editors/${name}`, import.meta.url)));
const matchers = {
  github: read('github-matcher.json').problemMatcher[0],
  vscode: read('vscode/tasks.json').tasks[0].problemMatcher,
};
const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const found = {};
for (const [host, { pattern: [{ regexp, ...groups }] }] of Object.entries(matchers)) {
  const matches = lines.map((line) => new RegExp(regexp).exec(line)).filter(Boolean);
  const problem = (match) =>
    Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, match[group]]));
  found[host] = matches.map(problem);
}
process.stdout.write(JSON.stringify(found));
