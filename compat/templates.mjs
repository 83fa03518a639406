#!/usr/bin/env node
// Public templates, live: the official command-line client deploys actions of a templates repository to a started
// server, the official Node client triggers them, and each must give its recorded output from its recorded calls.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { startServer } from './lib/bowline.mjs';
import { withProjectMade } from './lib/cli.mjs';
import { loadClient } from './lib/client.mjs';
import { fail } from './lib/expect.mjs';
import { apiOf } from './lib/http.mjs';
import { json } from './lib/replies.mjs';
import { chooseActions } from './lib/templates/choose.mjs';
import { foldersOf, overlay, plantConnections, writeProject } from './lib/templates/project.mjs';
import { startUpstream } from './lib/templates/upstream.mjs';

const USAGE = `usage: node templates.mjs --bin PATH --templates PATH
  [--only REGEX]        only actions whose <integration>/<action> matches
  [--actions N]         how many actions, at most five of an integration; default 200
  [--integrations N]    fail when they come from fewer integrations; default 50
  [--json FILE]         write the results`;
const RELEASE = '0.71.10';
/** One compilation of every chosen action. */
const DEPLOY_LIMIT_MS = 1_800_000;
const SHOWN = 600;

const options = readOptions();
const folder = await mkdtemp(join(tmpdir(), 'bowline-templates-'));
const started = [];
const report = { release: RELEASE, results: [], left: {}, problems: [] };
try {
  await runAll();
} catch (error) {
  report.problems.push(error.stack ?? String(error));
} finally {
  for (const service of started.reverse()) {
    const problem = await service.stop();
    if (problem) report.problems.push(problem);
  }
  await rm(folder, { recursive: true, force: true });
}
if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = print(report) ? 0 : 1;

function readOptions() {
  const { values } = parseArgs({
    options: {
      bin: { type: 'string' },
      templates: { type: 'string' },
      only: { type: 'string' },
      actions: { type: 'string', default: '200' },
      integrations: { type: 'string', default: '50' },
      json: { type: 'string' },
    },
  });
  const [actions, integrations] = [Number(values.actions), Number(values.integrations)];
  if (!values.bin || !values.templates || !(actions > 0) || !(integrations >= 0)) {
    console.error(USAGE);
    process.exit(2);
  }
  const only = values.only && new RegExp(values.only);
  return { ...values, bin: resolve(values.bin), templates: resolve(values.templates), only, actions, integrations };
}

async function runAll() {
  const definitions = await builtInDefinitions();
  const { chosen, left } = chooseActions({ ...options, definitions });
  report.left = left;
  checkBreadth(chosen);

  const upstream = await startUpstream();
  started.push(upstream);
  const providers = join(folder, 'providers.json');
  await writeFile(providers, JSON.stringify(overlay({ folders: foldersOf(chosen), definitions, upstream })));
  const shared = { BOWLINE_OUTBOUND_ALLOW: '127.0.0.1', BOWLINE_PROVIDERS: providers };
  const target = await serverIn('served', shared);
  await plantConnections(apiOf(target.url, target.secretKey), chosen);
  await deploy(chosen, target);

  const { Nango } = await loadClient(RELEASE);
  const nango = new Nango({ host: target.url, secretKey: target.secretKey });
  for (const action of chosen) report.results.push(await runAction({ nango, upstream, action }));
}

/** Asks a server of its own, because the one that the actions run on knows the replaying upstream instead. */
async function builtInDefinitions() {
  const { url, secretKey } = await serverIn('catalogue', {});
  const { data } = json(await apiOf(url, secretKey).get('/providers'), 200);
  return new Map(data.map((definition) => [definition.name, definition]));
}

function serverIn(name, shared) {
  return startServer({ bin: options.bin, started, shared, folder: join(folder, name), rateLimit: 0 });
}

function checkBreadth(chosen) {
  const integrations = foldersOf(chosen).length;
  console.log(`${chosen.length} actions of ${integrations} integrations`);
  if (options.only) return;
  if (chosen.length < options.actions) report.problems.push(`only ${chosen.length} actions can be replayed`);
  if (integrations < options.integrations) report.problems.push(`they come from ${integrations} integrations only`);
}

async function deploy(chosen, target) {
  const make = (path) => writeProject({ templates: options.templates, chosen, release: RELEASE }, path);
  await withProjectMade({ make, release: RELEASE, target, limitMs: DEPLOY_LIMIT_MS }, async (project) => {
    const printed = await project.nango('deploy', 'dev', '--auto-confirm');
    const missing = chosen.filter(({ name }) => !printed.includes(`${name}@v`));
    if (missing.length) fail(`the client did not print ${missing[0].name}:\n${printed}`);
  });
}

/** Triggers one action. It must also have asked the upstream, and nothing that has no recorded answer. */
async function runAction({ nango, upstream, action }) {
  const { folder, name, fixture } = action;
  const asked = upstream.replay(action);
  const begun = performance.now();
  const result = { integration: folder, action: name, errors: [] };
  try {
    const output = await nango.triggerAction(folder, name, name, fixture.input);
    if (!isDeepStrictEqual(output, fixture.output)) result.errors.push(difference(output, fixture.output));
  } catch (error) {
    result.errors.push(`${error.message} ${JSON.stringify(error.response?.data)}`);
  }
  result.errors.push(...asked.unknown);
  if (asked.answered + asked.unknown.length === 0) result.errors.push('asked nothing of the upstream');
  return { ...result, milliseconds: Math.round(performance.now() - begun) };
}

function difference(output, expected) {
  const [got, wanted] = [output, expected].map((value) => JSON.stringify(value) ?? 'nothing');
  const at = [...wanted].findIndex((character, index) => character !== got[index]);
  const part = (text) => text.slice(Math.max(0, at - 40), Math.max(0, at) + SHOWN / 4);
  return `gave …${part(got)}…, not …${part(wanted)}…`;
}

function print({ results, left, problems }) {
  for (const integration of new Set(results.map((result) => result.integration))) {
    const ran = results.filter((result) => result.integration === integration);
    const broken = ran.filter(({ errors }) => errors.length);
    console.log(`${broken.length ? 'FAIL' : 'ok  '} ${integration}: ${ran.length - broken.length} of ${ran.length}`);
    for (const { action, errors } of broken) {
      for (const error of errors) console.log(`     ✗ ${action}: ${error.slice(0, SHOWN)}`);
    }
  }
  for (const [why, count] of Object.entries(left)) console.log(`left out, ${count}: ${why}`);
  for (const problem of problems) console.log(`FAIL ${problem}`);
  const failed = results.filter(({ errors }) => errors.length).length + problems.length;
  const passed = results.filter(({ errors }) => !errors.length).length;
  console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0;
}
