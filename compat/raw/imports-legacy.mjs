// POST /connection, the older import: loose JSON, fields by the provider's mode.

import { equal, is } from '../lib/expect.mjs';
import { classic, json } from '../lib/replies.mjs';
import { OAUTH_APP, createIntegration, inHours } from '../lib/seed.mjs';
import { appKey } from './imports.mjs';

const later = inHours(24);

/** name → provider, integration credentials, fields sent, what a read gives under `credentials` */
const KINDS = {
  'OAuth 2': {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP },
    sent: { access_token: 'a', refresh_token: 'r', expires_at: later },
    back: { type: 'OAUTH2', access_token: 'a', expires_at: later },
  },
  'OAuth 2 with seconds left': {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP },
    sent: { access_token: 'a', expires_in: 86_400 },
    back: { type: 'OAUTH2', access_token: 'a' },
  },
  'OAuth 2 without an end': {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP },
    sent: { access_token: 'a', no_expiration: true, raw: { own: true } },
    back: { type: 'OAUTH2', access_token: 'a', raw: { own: true } },
  },
  'OAuth 2 client credentials': {
    provider: 'sim-oauth2-cc',
    sent: { access_token: 't', oauth_client_id_override: 'c', oauth_client_secret_override: 'd', expires_at: later },
    back: { type: 'OAUTH2_CC', token: 't', client_id: 'c', client_secret: 'd' },
  },
  'OAuth 1': {
    provider: 'sim-oauth1',
    integration: { type: 'OAUTH1', ...OAUTH_APP },
    sent: { oauth_token: 't', oauth_token_secret: 's' },
    back: { type: 'OAUTH1', oauth_token: 't', oauth_token_secret: 's' },
  },
  'an API key': { provider: 'sim-api-key', sent: { api_key: 'k' }, back: { type: 'API_KEY', apiKey: 'k' } },
  'an API key, untested': {
    provider: 'sim-api-key-refused',
    sent: { api_key: 'k' },
    back: { type: 'API_KEY', apiKey: 'k' },
  },
  'a basic pair': {
    provider: 'sim-basic',
    sent: { username: 'u', password: 'p' },
    back: { type: 'BASIC', username: 'u', password: 'p' },
  },
  'token-based authentication': {
    provider: 'sim-tba',
    integration: { type: 'TBA', ...OAUTH_APP },
    sent: { token_id: 'i', token_secret: 's', connection_config: { accountId: '123' } },
    back: { type: 'TBA', token_id: 'i', token_secret: 's' },
  },
  'an app installation': {
    provider: 'sim-app',
    integration: { type: 'APP', app_id: '4711', app_link: 'https://example.com/apps/compat', private_key: appKey() },
    sent: { app_id: '4711', installation_id: '99' },
    back: { type: 'APP', access_token: is.text },
  },
  nothing: { provider: 'sim-none', sent: {}, back: {} },
};

const slug = (kind) => `old-${kind.toLowerCase().replaceAll(/[ ,]+/g, '-')}`;

async function integrationOf({ api, name }, kind) {
  const { provider, integration } = KINDS[kind];
  const key = name(`${slug(kind)}-faults`);
  await createIntegration(api, { provider, unique_key: key, credentials: integration });
  return key;
}

/** kind, fields sent, code: each a fault of the older import */
const FAULTS = [
  ['OAuth 2', { expires_at: later }, 'missing_access_token'],
  ['OAuth 2', { access_token: 'a' }, 'missing_expires_at'],
  ['OAuth 2', { access_token: 'a', expires_at: 'no date' }, 'missing_expires_at'],
  ['OAuth 2 client credentials', {}, 'missing_access_token'],
  ['OAuth 1', { oauth_token_secret: 's' }, 'missing_oauth_token'],
  ['OAuth 1', { oauth_token: 't' }, 'missing_oauth_token_secret'],
  ['an API key', {}, 'missing_api_key'],
  ['a basic pair', {}, 'missing_basic_username'],
  ['token-based authentication', { token_id: 'i', token_secret: 's' }, 'missing_account_id'],
  ['token-based authentication', { token_id: 'i', token_secret: 's', connection_config: {} }, 'missing_account_id'],
  ['an app installation', { app_id: '4711' }, 'missing_installation_id'],
];

export default {
  resource: 'imports (POST /connection)',
  scenarios: [
    ...Object.entries(KINDS).map(([kind, { provider, integration, sent, back }]) => ({
      name: `${kind} can be imported; the reply is the request with its id`,
      async run({ api, name }) {
        const key = name(slug(kind));
        await createIntegration(api, { provider, unique_key: key, credentials: integration });
        const body = { provider_config_key: key, ...sent };
        const created = json(await api.post('/connection', body), 201, { connection_id: is.text });
        equal(created, { ...body, connection_id: created.connection_id }, 'reply');
        json(await api.get(`/connection/${created.connection_id}?provider_config_key=${key}`), 200, {
          credentials: back,
          metadata: null,
        });
      },
    })),
    {
      name: 'an own id, metadata and scopes as text are stored',
      async run({ api, seed, name }) {
        const body = {
          provider_config_key: seed.keys.none,
          connection_id: name('old-full'),
          metadata: { m: 1 },
          connection_config: { region: 'eu', oauth_scopes_override: 'a,b' },
        };
        equal(json(await api.post('/connection', body), 201), body, 'reply');
        json(await api.get(`/connection/${name('old-full')}?provider_config_key=${seed.keys.none}`), 200, {
          metadata: { m: 1 },
          connection_config: { region: 'eu' },
        });
      },
    },
    {
      name: 'a time of expiry may be ISO text, seconds or milliseconds',
      async run({ api, name }) {
        const key = name('old-expiry');
        await createIntegration(api, {
          provider: 'sim-oauth2',
          unique_key: key,
          credentials: { type: 'OAUTH2', ...OAUTH_APP },
        });
        const end = Math.floor(Date.now() / 1000) + 86_400;
        for (const [index, expires_at] of [new Date(end * 1000).toISOString(), end, end * 1000].entries()) {
          const id = `expiry-${index}`;
          json(
            await api.post('/connection', {
              provider_config_key: key,
              connection_id: id,
              access_token: 'a',
              expires_at,
            }),
            201,
          );
          json(await api.get(`/connection/${id}?provider_config_key=${key}`), 200, {
            credentials: { expires_at: new Date(end * 1000).toISOString() },
          });
        }
      },
    },
    ...FAULTS.map(([kind, sent, code], index) => ({
      name: `fault ${index + 1}: ${kind} with ${Object.keys(sent).join(', ') || 'nothing'} is ${code}`,
      async run(t) {
        const key = await integrationOf({ api: t.api, name: (suffix) => t.name(`${suffix}-${index}`) }, kind);
        classic(await t.api.post('/connection', { provider_config_key: key, ...sent }), 400, code);
      },
    })),
    {
      name: 'an unknown integration is a bad request',
      async run({ api }) {
        classic(await api.post('/connection', { provider_config_key: 'no-such' }), 400, 'unknown_provider_config');
      },
    },
  ],
};
