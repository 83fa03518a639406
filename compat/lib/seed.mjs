// What every version finds on the server: one integration per kind of credential with one connection,
// all named after the version, so that versions running at once do not meet.

import { equal } from './expect.mjs';
import { SIM_CLIENT } from './simulator.mjs';

export const OAUTH_APP = SIM_CLIENT;
export const CLIENT_ID = OAUTH_APP.client_id;
export const CLIENT_SECRET = OAUTH_APP.client_secret;

export const inHours = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** kind → provider, integration credentials, connection credentials */
export const KINDS = {
  oauth2: {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP, scopes: 'read,write' },
    credentials: () => ({
      type: 'OAUTH2',
      access_token: 'at-seed',
      refresh_token: 'rt-seed',
      expires_at: inHours(24),
    }),
  },
  oauth1: {
    provider: 'sim-oauth1',
    integration: { type: 'OAUTH1', ...OAUTH_APP },
    credentials: () => ({ type: 'OAUTH1', oauth_token: 'o1-token', oauth_token_secret: 'o1-secret' }),
  },
  cc: {
    provider: 'sim-oauth2-cc',
    credentials: () => ({ type: 'OAUTH2_CC', token: 'cc-token', ...OAUTH_APP, expires_at: inHours(24) }),
  },
  apiKey: { provider: 'sim-api-key', credentials: () => ({ type: 'API_KEY', apiKey: 'key-seed' }) },
  basic: { provider: 'sim-basic', credentials: () => ({ type: 'BASIC', username: 'ada', password: 'pässword' }) },
  none: { provider: 'sim-none', credentials: () => ({ type: 'NONE' }) },
};

export const METADATA = { plan: 'pro', nested: { list: [1, 2, 3] } };

/** Creates the seed and gives its names: `keys.oauth2`, `connections.oauth2`, … */
export async function plant(api, prefix) {
  const seed = { prefix, keys: {}, connections: {} };
  for (const [kind, { provider, integration, credentials }] of Object.entries(KINDS)) {
    const key = `${prefix}-${kind.toLowerCase()}`;
    await createIntegration(api, { provider, unique_key: key, credentials: integration });
    seed.keys[kind] = key;
    seed.connections[kind] = await createConnection(api, {
      provider_config_key: key,
      connection_id: `${key}-1`,
      credentials: credentials(),
      metadata: METADATA,
      tags: { kind: kind.toLowerCase(), owner: prefix },
    });
  }
  return seed;
}

export async function createIntegration(api, body) {
  const reply = await api.post('/integrations', body);
  equal(reply.status, 200, `POST /integrations ${JSON.stringify(body)} answered ${reply.text}; status`);
  return reply.json().data;
}

/** Imports a connection and gives its id. */
export async function createConnection(api, body) {
  const reply = await api.post('/connections', body);
  equal(reply.status, 201, `POST /connections ${JSON.stringify(body)} answered ${reply.text}; status`);
  return reply.json().connection_id;
}
