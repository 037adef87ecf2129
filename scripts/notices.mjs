#!/usr/bin/env node
// Writes THIRD_PARTY_NOTICES.txt: the licenses of everything that is part of the program, its
// Go modules and the npm packages of which it serves parts. --check compares instead.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const target = 'THIRD_PARTY_NOTICES.txt';
process.chdir(join(import.meta.dirname, '..'));

const list = execFileSync('go', ['list', '-deps', '-f', '{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}', './cmd/handover'],
  { encoding: 'utf8', env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64' } });
const parts = [...new Set(list.split('\n').filter(Boolean))]
  .map((line) => line.split(' '))
  .filter(([path]) => path !== 'handover')
  .map(([path, version, dir]) => ({ name: `${path} ${version}`, dir }));
for (const name of Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)) {
  const dir = join('node_modules', name);
  parts.push({ name: `${name} ${JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).version} (npm)`, dir });
}
parts.push({ name: 'Go standard library', dir: execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim() });

// These packages have no license file. They say in their code what their license is.
const head = (file) => /\/\*!?([^]*?)\*\//.exec(readFileSync(file, 'utf8'))[1].replace(/^ \* ?/gm, '').trim();
const withoutFile = {
  '@tabler/core': (dir) => `${head(join(dir, 'dist/css/tabler.min.css'))}\n\n${readFileSync('node_modules/@tabler/icons/LICENSE', 'utf8').trim()}`,
};

// Parts with the same license text share one copy of it.
const texts = new Map();
for (const { name, dir } of parts) {
  const files = existsSync(dir) ? readdirSync(dir).filter((f) => /^(licen[cs]e|copying|notice)(_font)?(\.(txt|md))?$/i.test(f)).sort() : [];
  const said = withoutFile[name.split(' ')[0]];
  if (files.length === 0 && !said) throw new Error(`${name} has no license file in ${dir}. Look for its license, and name its file here.`);
  const text = files.length === 0 ? said(dir) : files.map((f) => readFileSync(join(dir, f), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n');
  texts.set(text, [...(texts.get(text) ?? []), name]);
}
const introduction = `Handover contains the following parts of others, under their licenses. River is used unchanged under the
Mozilla Public License 2.0; its source is the module of the version named here.
Made by scripts/notices.mjs.
`;
const sections = [...texts].map(([text, names]) => ({ names: names.sort(), text })).sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
const notices = introduction + sections.map(({ names, text }) => `\n${'='.repeat(80)}\n${names.join('\n')}\n${'-'.repeat(80)}\n${text}\n`).join('');

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== notices) {
    console.error(`${target} does not name what the program contains. Run scripts/notices.mjs and commit it.`);
    process.exit(1);
  }
  console.log('The third-party notices are current.');
} else {
  writeFileSync(target, notices);
  console.log(`${target}: ${parts.length} parts, ${texts.size} license texts.`);
}
