#!/usr/bin/env node
// The acceptance suite: starts the simulator and the server, runs the raw scenarios once and every pinned
// release of the official client in a process of its own, stops everything, and reports.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bringUp } from './lib/bowline.mjs';
import { cleanEnvironment } from './lib/process.mjs';
import { runRaw } from './raw/index.mjs';
import { VERSIONS } from './versions.mjs';

const USAGE = `usage: node run.mjs --bin PATH --database sqlite|postgres
  [--database-url URL]   required for postgres: an empty database
  [--versions a,b]       only these releases, or "none" for the raw scenarios alone
  [--only TEXT]          only scenarios whose name or resource contains TEXT; coverage is not checked then
  [--json FILE]          write the results for matrix.mjs`;
const WORKERS = 2;

const options = readOptions();
const { target, stop } = await bringUp(options);
const report = { database: options.database, raw: [], runs: [], shutdown: [] };
try {
  report.raw = await runRaw(target, options);
  report.runs = await runVersions(options.versions);
} finally {
  report.shutdown = await stop();
}
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = print(report) ? 0 : 1;

function readOptions() {
  const { values } = parseArgs({
    options: {
      bin: { type: 'string' },
      database: { type: 'string', default: 'sqlite' },
      'database-url': { type: 'string' },
      versions: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const databaseUrl = values['database-url'];
  const known = ['sqlite', 'postgres'].includes(values.database);
  if (!values.bin || !known || (values.database === 'postgres') !== Boolean(databaseUrl)) exitWithUsage();
  const versions = values.versions === 'none' ? [] : (values.versions?.split(',') ?? VERSIONS);
  const unknown = versions.filter((version) => !VERSIONS.includes(version));
  if (unknown.length) exitWithUsage(`not pinned: ${unknown}`);
  return { bin: values.bin, database: values.database, databaseUrl, versions, only: values.only, json: values.json };
}

function exitWithUsage(problem) {
  if (problem) console.error(problem);
  console.error(USAGE);
  process.exit(2);
}

async function runVersions(versions) {
  const waiting = [...versions];
  const runs = [];
  const worker = async () => {
    for (let version = waiting.shift(); version; version = waiting.shift()) runs.push(await runVersion(version));
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return runs.sort((a, b) => versions.indexOf(a.version) - versions.indexOf(b.version));
}

async function runVersion(version) {
  const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--no-deprecation', script], { env: cleanEnvironment() });
  child.stdin.end(JSON.stringify({ version, target, only: options.only }));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const line = out.trimEnd().split('\n').at(-1);
  try {
    return JSON.parse(line);
  } catch {
    const error = `the worker gave no result\n${err || out}`;
    return {
      version,
      coverage: {},
      results: [{ resource: 'worker', name: 'runs', covers: [], status: 'failed', error }],
    };
  }
}

function print({ database, raw, runs, shutdown }) {
  const suites = [{ title: `raw HTTP, ${database}`, results: raw }];
  for (const { version, results } of runs) suites.push({ title: `@nangohq/node ${version}, ${database}`, results });
  let passed = 0;
  let failed = shutdown.length;
  for (const { title, results } of suites) {
    const broken = results.filter((result) => result.status === 'failed');
    passed += results.length - broken.length;
    failed += broken.length;
    console.log(`${broken.length ? 'FAIL' : 'ok  '} ${title}: ${results.length - broken.length} of ${results.length}`);
    for (const { resource, name, error } of broken) console.log(`     ✗ ${resource}: ${name}\n       ${error}`);
  }
  for (const problem of shutdown) console.log(`FAIL shutdown: ${problem}`);
  const ran = passed + failed > 0;
  if (shutdown.length === 0) passed += 1;
  console.log(`${passed} passed, ${failed} failed`);
  if (!ran) console.log('no scenario was chosen');
  return ran && failed === 0;
}
