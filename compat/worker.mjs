// Runs all scenarios of one pinned release in a process of its own. Takes the target as JSON on standard
// input and prints the result as one line of JSON.

import { text } from 'node:stream/consumers';
import { apiOf } from './lib/http.mjs';
import { loadClient, watch } from './lib/client.mjs';
import { coverageOf, forgotten } from './lib/coverage.mjs';
import { runScenarios } from './lib/runner.mjs';
import { plant } from './lib/seed.mjs';
import { simulatorAt } from './lib/simulator.mjs';
import { GROUPS } from './scenarios/index.mjs';
import { inRange, slugOf } from './versions.mjs';

const { version, target, only } = JSON.parse(await text(process.stdin));
const { Nango, module, publicMethods } = await loadClient(version);
const api = apiOf(target.url, target.secretKey);
const simulator = simulatorAt(target.simulator);
const seed = await plant(api, slugOf(version));

const results = await runScenarios(GROUPS, { applies: (scenario) => inRange(version, scenario), only }, around);
const coverage = coverageOf(publicMethods, results);
const gaps = only ? [] : forgotten(coverage);
console.log(JSON.stringify({ version, coverage, results: [...results, ...gaps] }));

function around() {
  const called = new Set();
  const clientOf = (options = {}, extra) =>
    watch(new Nango({ host: target.url, secretKey: target.secretKey, ...options }, extra), called);
  const context = {
    version,
    module,
    Nango,
    api,
    simulator,
    seed,
    target,
    clientOf,
    since: (release) => inRange(version, { since: release }),
    nango: clientOf(),
    name: (suffix) => `${seed.prefix}-${suffix}`,
  };
  return { context, called };
}
