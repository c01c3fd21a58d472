// Says what reviewdog's format has against the document on standard input (JSON, a list).
const { readFileSync } = require('node:fs');
const home = `${process.argv[2]}/rdformat-validator/dist`;
const { Validator } = require(`${home}/validator`);
const validator = new Validator({ strictMode: true, allowExtraFields: false });
const result = validator.validate(JSON.parse(readFileSync(0, 'utf8')));
process.stdout.write(JSON.stringify(result.valid ? [] : result.errors));
