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
  await deploy(api, { flowConfigs, reconcile: false, sdkVersion: '0.71.10-zero' });
}

/** Deploys alone, so that a deployment of a whole repository, which other scenarios make, leaves the functions be. */
export async function deploy(api, body) {
  const rest = { deployMode: 'single', source: 'standalone', debug: false, nangoYamlBody: '' };
  // An environment has one deployment at a time, and versions of the client are tested side by side.
  const reply = await eventually(async () => {
    const answer = await api.post('/sync/deploy', { ...rest, ...body });
    return answer.status === 409 ? undefined : answer;
  });
  equal(reply.status, 200, `POST /sync/deploy answered ${reply.text}; status`);
  return reply.json();
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
