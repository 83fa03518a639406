// Scenarios without a client library, run once per database.

import { apiOf } from '../lib/http.mjs';
import { runScenarios } from '../lib/runner.mjs';
import { plant } from '../lib/seed.mjs';
import { simulatorAt } from '../lib/simulator.mjs';
import authorization from './authorization.mjs';
import cli from './cli.mjs';
import envelopes from './envelopes.mjs';
import headers from './headers.mjs';
import imports from './imports.mjs';
import importsLegacy from './imports-legacy.mjs';
import limits from './limits.mjs';
import proxy from './proxy.mjs';
import routing from './routing.mjs';
import tolerance from './tolerance.mjs';
import transport from './transport.mjs';

const GROUPS = [
  routing,
  transport,
  headers,
  authorization,
  envelopes,
  imports,
  importsLegacy,
  tolerance,
  proxy,
  limits,
];

/** `database` decides about what would only cost time twice: the command-line client is run on SQLite alone. */
export async function runRaw(target, { only, database }) {
  const api = apiOf(target.url, target.secretKey);
  const context = {
    target,
    api,
    anonymous: apiOf(target.url),
    prod: apiOf(target.url, target.prodSecretKey),
    limited: apiOf(target.limited.url, target.limited.secretKey),
    simulator: simulatorAt(target.simulator),
    name: (suffix) => `raw-${suffix}`,
  };
  try {
    context.seed = await plant(api, 'raw');
  } catch (error) {
    return [{ resource: 'raw', name: 'the seed can be created', covers: [], status: 'failed', error: error.message }];
  }
  const groups = database === 'sqlite' ? [...GROUPS, cli] : GROUPS;
  return runScenarios(groups, { applies: () => true, only }, () => ({ context }));
}
