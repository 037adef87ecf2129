// Runs the program under test as its users do: its own data directory, its own
// database, a free port.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const startTime = 60_000;
const stopTime = 20_000;

// Program is one running `handover serve` with its data.
export class Program {
  // start serves on an empty database. It is embedded, or a new one beside that
  // of HANDOVER_TEST_DATABASE_URL. settings are variables HANDOVER_* for it.
  static async start(settings = {}) {
    const program = new Program(settings);
    try {
      await program.prepare();
      await program.serve();
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  constructor(settings) {
    this.settings = settings;
    this.binary = process.env.E2E_BINARY || join(root, 'bin', 'handover');
    if (!existsSync(this.binary)) throw new Error(`${this.binary} is not there: run make build first.`);
    // PostgreSQL runs as another user where the tests run as root: the folder is open to it.
    this.dir = realpathSync(mkdtempSync(join(tmpdir(), 'handover-e2e-')));
    chmodSync(this.dir, 0o755);
    this.log = '';
  }

  async prepare() {
    const env = Object.entries(process.env).filter(([name]) => !name.startsWith('HANDOVER_') || name === 'HANDOVER_POSTGRES_BIN');
    this.env = { ...Object.fromEntries(env), HANDOVER_DATA_DIR: this.dir, HANDOVER_ADDR: '127.0.0.1:0', ...this.settings };
    const server = process.env.HANDOVER_TEST_DATABASE_URL;
    if (!server) {
      this.database = { host: join(this.dir, 'postgres'), port: 5432, user: 'handover', database: 'handover' };
      return;
    }
    const name = `e2e_${process.pid}`;
    await onServer(server, `create database ${name}`);
    this.drop = () => onServer(server, `drop database if exists ${name} with (force)`);
    const own = new URL(server);
    own.pathname = `/${name}`;
    this.database = { connectionString: own.href };
    this.env.HANDOVER_DATABASE_URL = own.href;
  }

  async serve() {
    this.child = spawn(this.binary, ['serve'], { cwd: root, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code ?? 1)));
    this.child.stderr.on('data', (text) => (this.log += text));
    this.base = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`handover serve was not ready after ${startTime / 1000} s.\n${this.log}`)), startTime);
      this.child.once('error', reject);
      let said = '';
      this.child.stdout.on('data', (text) => {
        said += text;
        const address = /https?:\/\/\S+/.exec(said);
        if (!address) return;
        clearTimeout(late);
        resolve(address[0].replace(/[.,]$/, ''));
      });
      this.ended.then((code) => {
        clearTimeout(late);
        reject(new Error(`handover serve ended with ${code}.\n${this.log}`));
      });
    });
  }

  // handover runs one command and returns what it printed.
  async handover(args, input = '') {
    const done = await command(this.binary, args, this.env, input);
    if (done.code !== 0) throw new Error(`handover ${args.join(' ')} ended with ${done.code}: ${done.errors || done.output}`);
    return done.output;
  }

  async stop() {
    if (this.child && this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      const late = setTimeout(() => this.child.kill('SIGKILL'), stopTime);
      await this.ended;
      clearTimeout(late);
    }
    await this.drop?.().catch((error) => console.error(`The test database was not dropped: ${error.message}`));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

// command runs a program to its end and never throws over its exit code.
export function command(binary, args, env, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { cwd: root, env });
    const done = { output: '', errors: '' };
    child.stdout.on('data', (text) => (done.output += text));
    child.stderr.on('data', (text) => (done.errors += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...done, code }));
    child.stdin.on('error', () => {}); // a command that reads nothing may be gone
    child.stdin.end(input);
  });
}

async function onServer(address, statement) {
  const client = new pg.Client(address);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
