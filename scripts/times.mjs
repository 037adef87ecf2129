#!/usr/bin/env node
// Prints where the time of a test run went, slowest first:
//
//   scripts/times.mjs bin/tests.log
//
// The file begins with the time of its beginning, in seconds; what go test printed follows, and what
// e2e/harness/times.js printed in the same form. Packages and browser files run beside each other, so
// their seconds add up to more than the run took.
import { readFileSync } from 'node:fs';

const line = /^(?:ok {2}|FAIL)\t(\S+)\t(?:([\d.]+)s|\(cached\))/gm;

const text = readFileSync(process.argv[2], 'utf8');
const seconds = new Map();
for (const [, name, took] of text.matchAll(line)) seconds.set(name, (seconds.get(name) ?? 0) + Number(took ?? 0));
if (seconds.size === 0) throw new Error(`There is no test in ${process.argv[2]}.`);

const row = (took, name) => console.log(`${took.toFixed(1).padStart(8)}  ${name}`);
console.log('\nSeconds of the tests, slowest first:');
for (const [name, took] of [...seconds].sort((a, b) => b[1] - a[1])) if (took >= 0.1) row(took, name);
row(Date.now() / 1000 - parseInt(text, 10), 'from beginning to end');
