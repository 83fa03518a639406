// Functions for scenarios, deployed as the official CLI would deploy them.

import { setTimeout as sleep } from 'node:timers/promises';
import { equal } from './expect.mjs';

/** Deploys one action per entry of `sources`: name → body of `exec(nango, input)`. */
export async function deployActions(api, providerConfigKey, sources) {
  const flowConfigs = Object.entries(sources).map(([syncName, body]) => ({
    syncName,
    providerConfigKey,
    type: 'action',
    models: [`ActionOutput_${syncName}`],
    input: `ActionInput_${syncName}`,
    version: '',
    runs: null,
    track_deletes: false,
    metadata: { description: syncName, scopes: [] },
    endpoints: [{ method: 'POST', path: `/compat/${syncName}` }],
    fileBody: { js: compiled(body), ts: body },
    models_json_schema: { definitions: { [`ActionOutput_${syncName}`]: {}, [`ActionInput_${syncName}`]: {} } },
    features: [],
  }));
  // Alone, so that a deployment of a whole repository, which other scenarios make, leaves them be.
  const reply = await api.post('/sync/deploy', {
    flowConfigs,
    deployMode: 'single',
    source: 'standalone',
    reconcile: false,
    debug: false,
    nangoYamlBody: '',
    sdkVersion: '0.71.10-zero',
  });
  equal(reply.status, 200, `POST /sync/deploy answered ${reply.text}; status`);
}

const compiled = (body) =>
  `"use strict";\nmodule.exports.default = { type: 'action', exec: async (nango, input) => {\n${body}\n} };\n`;

/** Asks until there is an answer. */
export async function eventually(ask, patienceMs = 30_000) {
  const until = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error('there was no answer in time');
    await sleep(100);
  }
}
