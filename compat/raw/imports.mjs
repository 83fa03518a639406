// POST /connections with every kind of credential, and its mistakes.

import { generateKeyPairSync } from 'node:crypto';
import { contains, equal, is, keys } from '../lib/expect.mjs';
import { invalid, json, modern } from '../lib/replies.mjs';
import { OAUTH_APP, createIntegration, inHours } from '../lib/seed.mjs';

const CREATED = [
  'id',
  'connection_id',
  'provider_config_key',
  'provider',
  'errors',
  'end_user',
  'tags',
  'metadata',
  'connection_config',
  'webhook_url_override',
  'created_at',
  'updated_at',
  'last_fetched_at',
  'credentials',
];

export function appKey() {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey.trim();
}

const appCredentials = () => ({ app_id: '4711', app_link: 'https://example.com/apps/compat', private_key: appKey() });
const later = inHours(24);

/** name → provider, integration credentials, what is sent, what comes back under `credentials` */
const KINDS = {
  'OAuth 2': {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP },
    sent: {
      type: 'OAUTH2',
      access_token: 'a',
      refresh_token: 'r',
      expires_at: later,
      config_override: { client_id: 'own', client_secret: 'own-secret' },
    },
    back: {
      type: 'OAUTH2',
      access_token: 'a',
      refresh_token: 'r',
      expires_at: later,
      config_override: { client_id: 'own', client_secret: 'own-secret' },
      raw: { type: 'OAUTH2', access_token: 'a' },
    },
  },
  'OAuth 2 with the token alone': {
    provider: 'sim-oauth2',
    integration: { type: 'OAUTH2', ...OAUTH_APP },
    sent: { type: 'OAUTH2', access_token: 'a' },
    back: { type: 'OAUTH2', access_token: 'a', refresh_token: is.absent },
  },
  'OAuth 2 client credentials': {
    provider: 'sim-oauth2-cc',
    sent: { type: 'OAUTH2_CC', token: 't', ...OAUTH_APP, expires_at: later },
    back: { type: 'OAUTH2_CC', token: 't', ...OAUTH_APP, expires_at: later },
  },
  'OAuth 1': {
    provider: 'sim-oauth1',
    integration: { type: 'OAUTH1', ...OAUTH_APP },
    sent: { type: 'OAUTH1', oauth_token: 't', oauth_token_secret: 's' },
    back: { type: 'OAUTH1', oauth_token: 't', oauth_token_secret: 's', raw: is.object },
  },
  'an API key': {
    provider: 'sim-api-key',
    sent: { type: 'API_KEY', apiKey: 'k' },
    back: { type: 'API_KEY', apiKey: 'k' },
  },
  'a verified API key': {
    provider: 'sim-api-key-verified',
    sent: { type: 'API_KEY', apiKey: 'k' },
    back: { type: 'API_KEY', apiKey: 'k' },
  },
  'a basic pair': {
    provider: 'sim-basic',
    sent: { type: 'BASIC', username: 'u', password: '' },
    back: { type: 'BASIC', username: 'u', password: '' },
  },
  'token-based authentication': {
    provider: 'sim-tba',
    integration: { type: 'TBA', ...OAUTH_APP },
    sent: { type: 'TBA', token_id: 'i', token_secret: 's', config_override: { client_id: 'c', client_secret: 'd' } },
    connection_config: { accountId: '123-sb1' },
    back: { type: 'TBA', token_id: 'i', token_secret: 's', config_override: { client_id: 'c', client_secret: 'd' } },
  },
  'an app installation': {
    provider: 'sim-app',
    integration: { type: 'APP', ...appCredentials() },
    sent: { type: 'APP', app_id: '4711', installation_id: '99' },
    back: { type: 'APP', access_token: 'app-token', expires_at: is.isoZ, raw: is.object },
  },
  'an app installation with a user grant': {
    provider: 'sim-custom',
    integration: { type: 'CUSTOM', ...OAUTH_APP, ...appCredentials() },
    sent: { type: 'CUSTOM', app_id: '4711', installation_id: '99' },
    back: { type: is.oneOf('APP', 'CUSTOM') },
  },
  nothing: { provider: 'sim-none', sent: { type: 'NONE' }, back: {} },
};

const slug = (kind) => `imp-${kind.toLowerCase().replaceAll(' ', '-')}`;

export default {
  resource: 'imports',
  scenarios: [
    ...Object.entries(KINDS).map(([kind, { provider, integration, sent, connection_config, back }]) => ({
      name: `${kind} can be imported and is given back whole`,
      async run({ api, name }) {
        const key = name(slug(kind));
        await createIntegration(api, { provider, unique_key: key, credentials: integration });
        const reply = await api.post('/connections', {
          provider_config_key: key,
          credentials: sent,
          connection_config,
        });
        const created = json(reply, 201, {
          id: is.int,
          connection_id: is.uuid,
          provider_config_key: key,
          provider,
          errors: [],
          end_user: null,
          tags: {},
          metadata: {},
          connection_config: connection_config ?? is.object,
          webhook_url_override: null,
          created_at: is.isoZ,
          updated_at: is.isoZ,
          last_fetched_at: sent.type === 'NONE' ? null : is.isoZ,
          credentials: back,
        });
        keys(created, CREATED, [], 'created');
        const { refresh_token, raw, ...visible } = back;
        void [refresh_token, raw];
        json(await api.get(`/connections/${created.connection_id}?provider_config_key=${key}`), 200, {
          connection_id: created.connection_id,
          credentials: visible,
        });
        json(await api.delete(`/connections/${created.connection_id}?provider_config_key=${key}`), 200, {
          success: true,
        });
      },
    })),
    {
      name: 'end user, tags, metadata, configuration and webhook address are stored',
      async run({ api, seed, name }) {
        const created = json(
          await api.post('/connections', {
            provider_config_key: seed.keys.none,
            connection_id: name('full'),
            credentials: { type: 'NONE' },
            metadata: { m: 1 },
            connection_config: { region: 'eu', oauth_scopes_override: ['a', 'b'] },
            webhook_url_override: 'https://example.com/hook',
            end_user: { id: 'raw-eu', email: 'raw@example.com', display_name: 'Raw', tags: { seat: '1' } },
            tags: { Team: 'Blue', seat: '2' },
          }),
          201,
          {
            connection_id: name('full'),
            metadata: { m: 1 },
            connection_config: { region: 'eu', oauth_scopes_override: ['a', 'b'] },
            webhook_url_override: 'https://example.com/hook',
            end_user: {
              id: 'raw-eu',
              email: 'raw@example.com',
              display_name: 'Raw',
              tags: { seat: '1' },
              organization: null,
            },
          },
        );
        equal(
          created.tags,
          {
            end_user_id: 'raw-eu',
            end_user_email: 'raw@example.com',
            end_user_display_name: 'Raw',
            seat: '2',
            team: 'Blue',
          },
          'tags',
        );
      },
    },
    {
      name: 'a second import of the same id replaces credentials and keeps metadata that is not sent',
      async run({ api, seed, name }) {
        const body = (apiKey, more) => ({
          provider_config_key: seed.keys.apiKey,
          connection_id: name('again'),
          credentials: { type: 'API_KEY', apiKey },
          ...more,
        });
        const first = json(
          await api.post('/connections', body('one', { metadata: { kept: 1 }, tags: { a: '1' } })),
          201,
        );
        json(await api.post('/connections', body('two', { tags: { b: '2' } })), 201, { id: first.id });
        const read = json(await api.get(`/connections/${name('again')}?provider_config_key=${seed.keys.apiKey}`), 200, {
          credentials: { apiKey: 'two' },
          metadata: { kept: 1 },
        });
        equal(read.tags, { b: '2' }, 'tags');
      },
    },
    {
      name: 'an id may be used again after deletion',
      async run({ api, seed, name }) {
        const path = `/connections/${name('reused')}?provider_config_key=${seed.keys.none}`;
        const body = {
          provider_config_key: seed.keys.none,
          connection_id: name('reused'),
          credentials: { type: 'NONE' },
        };
        const first = json(await api.post('/connections', body), 201);
        json(await api.delete(path), 200, { success: true });
        const second = json(await api.post('/connections', body), 201);
        equal(first.id === second.id, false, 'the row is the same');
      },
    },
    {
      name: 'a credential the provider refuses is not stored',
      async run({ api, name }) {
        const key = name('refused');
        await createIntegration(api, { provider: 'sim-api-key-refused', unique_key: key });
        const body = {
          provider_config_key: key,
          connection_id: 'refused-1',
          credentials: { type: 'API_KEY', apiKey: 'k' },
        };
        modern(await api.post('/connections', body), 400, 'connection_test_failed');
        modern(await api.get(`/connections/refused-1?provider_config_key=${key}`), 404, 'not_found');
      },
    },
    {
      name: 'each mistake in an import has its code',
      async run({ api, seed, name }) {
        const create = (body) => api.post('/connections', { provider_config_key: seed.keys.none, ...body });
        modern(await create({ credentials: { type: 'API_KEY', apiKey: 'k' } }), 400, 'invalid_body');
        invalid(await api.post('/connections', { credentials: { type: 'NONE' } }), 'invalid_body', [
          ['invalid_type', ['provider_config_key']],
        ]);
        invalid(await create({ credentials: { type: 'TWO_STEP' } }), 'invalid_body', [
          ['invalid_union', ['credentials', 'type']],
        ]);
        modern(await create({ credentials: { type: 'NONE' }, connection_id: 'x'.repeat(256) }), 400, 'invalid_body');
        modern(await create({ credentials: { type: 'NONE' }, connection_id: 'new\nline' }), 400, 'invalid_body');
        const tba = name('tba-incomplete');
        await createIntegration(api, {
          provider: 'sim-tba',
          unique_key: tba,
          credentials: { type: 'TBA', ...OAUTH_APP },
        });
        modern(
          await api.post('/connections', {
            provider_config_key: tba,
            credentials: { type: 'TBA', token_id: 'i', token_secret: 's' },
          }),
          400,
          'invalid_body',
        );
        contains(await create({ credentials: { type: 'NONE' }, webhook_url_override: 'no url' }), { status: 400 });
      },
    },
  ],
};
