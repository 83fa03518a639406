// Child processes: start, wait for the line with the URL, stop by SIGTERM, give up after a limit.

import { spawn, execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const LOG_LINES_KEPT = 40;

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The environment without settings of a server or an HTTP proxy that would change the outcome. */
export function cleanEnvironment(extra = {}) {
  const foreign = /^(BOWLINE_|NANGO_|https?_proxy$|all_proxy$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

/** Starts a long-running command and resolves once it printed a line with its URL. */
export async function startService(name, bin, args, env) {
  const child = spawn(bin, args, { env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  const keep = (line) => {
    log.push(line);
    if (log.length > LOG_LINES_KEPT) log.shift();
  };
  const exited = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const url = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const found = line.match(/https?:\/\/127\.0\.0\.1:\d+/);
      if (found) resolve(found[0]);
    });
  });
  createInterface({ input: child.stderr }).on('line', keep);
  child.once('error', (error) => keep(String(error)));

  const first = await Promise.race([
    url.then((value) => ({ url: value })),
    exited.then((end) => ({ end })),
    limit(START_LIMIT_MS).then(() => ({ late: true })),
  ]);
  if (!first.url) {
    child.kill('SIGKILL');
    const why = first.late ? `printed no URL within ${START_LIMIT_MS} ms` : `ended with ${JSON.stringify(first.end)}`;
    throw new Error(`${name} ${why}\n${log.join('\n')}`);
  }
  return { name, url: first.url, log, stop: () => stop(name, child, exited, log) };
}

/** SIGTERM; the process must end with code 0 within the limit. Gives the problem, or null. */
async function stop(name, child, exited, log) {
  child.kill('SIGTERM');
  const end = await Promise.race([exited, limit(STOP_LIMIT_MS)]);
  if (!end) {
    child.kill('SIGKILL');
    return `${name} was still running ${STOP_LIMIT_MS} ms after SIGTERM`;
  }
  if (end.code === 0) return null;
  return `${name} ended with ${JSON.stringify(end)} after SIGTERM\n${log.slice(-10).join('\n')}`;
}

function limit(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref());
}

/** Runs a short command and gives its standard output. */
export async function runCommand(bin, args, env) {
  const { stdout } = await promisify(execFile)(bin, args, { env: cleanEnvironment(env) });
  return stdout;
}
