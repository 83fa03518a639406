#!/usr/bin/env node
// The browser suite: starts everything once, runs each scenario in a browser context of its own, and reports.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bringUp } from './lib/stage.mjs';
import certified from './scenarios/certified.mjs';
import { inFrame, journeys } from './scenarios/connect-ui.mjs';
import frontend from './scenarios/frontend.mjs';
import { VERSIONS } from './versions.mjs';

const SCENARIO_LIMIT_MS = 60_000;
const STEP_LIMIT_MS = 10_000;
const { values } = parseArgs({
  options: {
    bin: { type: 'string' },
    only: { type: 'string' },
    failures: { type: 'string', default: 'failures' },
    pictures: { type: 'string' },
  },
});
if (!values.bin) {
  console.error('usage: node run.mjs --bin PATH [--only TEXT] [--failures FOLDER] [--pictures FOLDER]');
  process.exit(2);
}

const { stage, stop } = await bringUp({ bin: values.bin, versions: VERSIONS });
let passed = 0;
const failed = [];
try {
  for (const version of VERSIONS) {
    await runAll(`@nangohq/frontend ${version}`, frontend, version);
    await runAll(`Connect UI in @nangohq/frontend ${version}`, inFrame, version);
  }
  await runAll('Connect UI', journeys, VERSIONS.at(-1));
  await runAll('Servers of others', certified, VERSIONS.at(-1));
} finally {
  await stop();
}
for (const { title, error } of failed) console.log(`FAIL ${title}\n     ${error}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 && passed > 0 ? 0 : 1;

async function runAll(group, scenarios, version) {
  const before = passed;
  const titleOf = ({ name }) => `${group}: ${name}`;
  const isChosen = (scenario) => !values.only || titleOf(scenario).includes(values.only);
  const chosen = scenarios.filter((scenario) => (!scenario.applies || scenario.applies(version)) && isChosen(scenario));
  for (const scenario of chosen) await run(titleOf(scenario), scenario, version);
  if (chosen.length) console.log(`${group}: ${passed - before} of ${chosen.length} passed`);
}

async function run(title, scenario, version) {
  const context = await stage.browser.newContext();
  context.setDefaultTimeout(STEP_LIMIT_MS);
  const page = await context.newPage();
  const noise = [];
  context.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
  context.on('weberror', (error) => noise.push(String(error.error())));
  try {
    await page.goto(`${stage.host}/${version}`);
    await withLimit(scenario.run({ page, context, stage, version, picture: pictureOf(page) }));
    const breach = noise.find((line) => /Content.Security.Policy/i.test(line));
    if (breach) throw new Error(`a page broke its policy: ${breach}`);
    passed += 1;
  } catch (error) {
    await keepTrace(title, context);
    failed.push({ title, error: `${error.message}\n     ${[...noise, ...stage.log.slice(-5)].join('\n     ')}` });
  } finally {
    await context.close();
  }
}

async function withLimit(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${SCENARIO_LIMIT_MS} ms`)), SCENARIO_LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Takes a picture for people to look at, when a folder for them was named. */
function pictureOf(page) {
  return async (name, shown = page) => {
    if (values.pictures) await shown.screenshot({ path: join(values.pictures, `${name}.png`) });
  };
}

/** A picture of every open page of a scenario that failed. */
async function keepTrace(title, context) {
  await mkdir(values.failures, { recursive: true });
  const name = title.replaceAll(/[^a-z0-9.]+/gi, '-').slice(0, 100);
  for (const [at, page] of context.pages().entries()) {
    await page.screenshot({ path: join(values.failures, `${name}-${at}.png`) }).catch(() => {});
  }
}
