// A reporter that adds up where the time goes, in the lines that go test has for its packages.
import { basename } from 'node:path';

export default class Times {
  files = new Map();

  onTestEnd(test, result) {
    const file = basename(test.location.file);
    const sum = this.files.get(file) ?? { seconds: 0, failed: false };
    sum.seconds += result.duration / 1000;
    sum.failed ||= result.status !== test.expectedStatus;
    this.files.set(file, sum);
  }

  onEnd() {
    for (const [file, { seconds, failed }] of this.files) console.log(`${failed ? 'FAIL' : 'ok  '}\te2e/${file}\t${seconds.toFixed(3)}s`);
  }

  printsToStdio() {
    return false; // the list of the tests is another reporter's
  }
}
