// The `/integrations` generation: objects in, `{ data }` out.

import { contains, equal, is, keys, rejects } from '../lib/expect.mjs';
import { OAUTH_APP } from '../lib/seed.mjs';

const SHAPE = ['unique_key', 'provider', 'display_name', 'logo', 'forward_webhooks', 'created_at', 'updated_at'];
const SHAPE_OPTIONAL = ['preconfigured_connection_config'];
const CREDENTIALS = { type: 'OAUTH2', ...OAUTH_APP, scopes: 'read,write' };

export default {
  resource: 'integrations',
  scenarios: [
    {
      name: 'every integration is listed and re-wrapped as configs',
      covers: ['listIntegrations/b'],
      since: '0.42.13',
      async run({ nango, seed }) {
        const { configs } = await nango.listIntegrations();
        for (const [kind, key] of Object.entries(seed.keys)) {
          const found = configs.find(({ unique_key }) => unique_key === key);
          keys(found, SHAPE, SHAPE_OPTIONAL, kind);
          contains(found, { created_at: is.isoZ, updated_at: is.isoZ, display_name: is.text }, kind);
        }
      },
    },
    {
      name: 'one integration has the documented fields',
      covers: ['getIntegration/b'],
      since: '0.42.13',
      async run({ nango, seed }) {
        const { data } = await nango.getIntegration({ uniqueKey: seed.keys.oauth2 });
        keys(data, SHAPE, SHAPE_OPTIONAL, 'data');
        contains(data, {
          unique_key: seed.keys.oauth2,
          provider: 'sim-oauth2',
          display_name: 'Simulated OAuth 2',
          forward_webhooks: true,
          logo: is.matching(/\/images\/template-logos\/sim-oauth2\.svg$/),
        });
      },
    },
    {
      name: 'webhook and credentials are included on request',
      covers: ['getIntegration/b'],
      since: '0.42.13',
      async run({ nango, seed }) {
        const withWebhook = await nango.getIntegration({ uniqueKey: seed.keys.oauth2 }, { include: ['webhook'] });
        keys(withWebhook.data, [...SHAPE, 'webhook_url'], SHAPE_OPTIONAL, 'data');
        equal(withWebhook.data.webhook_url, null, 'webhook_url');
        const withSecrets = await nango.getIntegration({ uniqueKey: seed.keys.oauth2 }, { include: ['credentials'] });
        keys(withSecrets.data, [...SHAPE, 'credentials'], SHAPE_OPTIONAL, 'data');
        equal(withSecrets.data.credentials, { ...CREDENTIALS, webhook_secret: null }, 'credentials');
        const keyed = await nango.getIntegration({ uniqueKey: seed.keys.apiKey }, { include: ['credentials'] });
        equal(keyed.data.credentials, null, 'credentials of an API-key integration');
      },
    },
    {
      name: 'of several includes the client sends the last, and that is served',
      covers: ['getIntegration/b'],
      since: '0.42.13',
      async run({ nango, seed }) {
        const { data } = await nango.getIntegration(
          { uniqueKey: seed.keys.oauth2 },
          { include: ['webhook', 'credentials'] },
        );
        contains(data, { credentials: { type: 'OAUTH2' } });
      },
    },
    {
      name: 'create, read, change and delete round trip',
      covers: ['createIntegration/b', 'getIntegration/b', 'updateIntegration/b', 'deleteIntegration/b'],
      since: '0.60.0',
      async run({ nango, name }) {
        const uniqueKey = name('modern');
        const created = await nango.createIntegration({
          provider: 'sim-oauth2',
          unique_key: uniqueKey,
          display_name: 'Shown name',
          credentials: CREDENTIALS,
        });
        keys(created, ['data'], [], 'created');
        keys(created.data, SHAPE, SHAPE_OPTIONAL, 'created.data');
        contains(created.data, { unique_key: uniqueKey, display_name: 'Shown name', provider: 'sim-oauth2' });

        const changed = await nango.updateIntegration(
          { uniqueKey },
          {
            display_name: 'New name',
            credentials: { ...CREDENTIALS, client_id: 'changed', scopes: 'read' },
          },
        );
        contains(changed, { data: { unique_key: uniqueKey, display_name: 'New name' } });
        const read = await nango.getIntegration({ uniqueKey }, { include: ['credentials'] });
        contains(read.data.credentials, { client_id: 'changed', scopes: 'read' });

        const deleted = await nango.deleteIntegration(uniqueKey);
        equal(deleted.status, 200, 'status');
        equal(deleted.data, { success: true }, 'body');
        await rejects(nango.getIntegration({ uniqueKey }), 404, { error: { code: 'not_found' } });
      },
    },
    {
      name: 'deletion works through either generation',
      covers: ['deleteIntegration'],
      async run({ nango, api, name }) {
        const unique_key = name('to-delete');
        await api.post('/integrations', { provider: 'sim-none', unique_key });
        const reply = await nango.deleteIntegration(unique_key);
        equal(reply.status >= 200 && reply.status < 300, true, 'is a 2xx');
        await rejects(nango.deleteIntegration(unique_key), 404, { error: { code: is.text } });
      },
    },
    {
      name: 'a rename is refused while connections live and works without',
      covers: ['updateIntegration/b'],
      since: '0.60.0',
      async run({ nango, name, seed }) {
        await rejects(nango.updateIntegration({ uniqueKey: seed.keys.none }, { unique_key: name('never') }), 400, {
          error: { code: 'invalid_body' },
        });
        const before = name('rename-before');
        const after = name('rename-after');
        await nango.createIntegration({ provider: 'sim-none', unique_key: before });
        contains(await nango.updateIntegration({ uniqueKey: before }, { unique_key: after }), {
          data: { unique_key: after },
        });
        await rejects(nango.getIntegration({ uniqueKey: before }), 404, { error: { code: 'not_found' } });
        await nango.deleteIntegration(after);
      },
    },
    {
      name: 'default scopes of the provider are stored when none are given',
      covers: ['createIntegration/b'],
      since: '0.60.0',
      async run({ nango, name }) {
        const uniqueKey = name('default-scopes');
        await nango.createIntegration({
          provider: 'sim-oauth2',
          unique_key: uniqueKey,
          credentials: { type: 'OAUTH2', ...OAUTH_APP },
        });
        const { data } = await nango.getIntegration({ uniqueKey }, { include: ['credentials'] });
        equal(data.credentials.scopes, 'read,write', 'scopes');
        await nango.deleteIntegration(uniqueKey);
      },
    },
    {
      name: 'each mistake in a creation is reported at its path',
      covers: ['createIntegration/b'],
      since: '0.60.0',
      async run({ nango, name, seed }) {
        const unique_key = name('modern-mistakes');
        const invalid = (errors) => ({ error: { code: 'invalid_body', errors } });
        await rejects(
          nango.createIntegration({ provider: 'no-such-provider', unique_key }),
          400,
          invalid([{ code: 'invalid_string', path: ['provider'], message: is.text }]),
        );
        await rejects(
          nango.createIntegration({ provider: 'sim-none', unique_key: seed.keys.none }),
          400,
          invalid([{ path: ['uniqueKey'] }]),
        );
        await rejects(
          nango.createIntegration({ provider: 'sim-none' }),
          400,
          invalid([{ code: 'invalid_type', path: ['unique_key'] }]),
        );
        await rejects(
          nango.createIntegration({ provider: 'sim-none', unique_key, surplus: 1 }),
          400,
          invalid([{ code: 'unrecognized_keys', path: [] }]),
        );
        const explained = { error: { code: 'invalid_body', message: is.text } };
        await rejects(nango.createIntegration({ provider: 'sim-oauth2', unique_key }), 400, explained);
        await rejects(
          nango.createIntegration({ provider: 'sim-api-key', unique_key, credentials: CREDENTIALS }),
          400,
          explained,
        );
      },
    },
    {
      name: 'an unknown integration is not found, on read and change',
      covers: ['getIntegration/b', 'updateIntegration/b'],
      since: '0.60.0',
      async run({ nango }) {
        const params = { uniqueKey: 'no-such-integration' };
        await rejects(nango.getIntegration(params), 404, { error: { code: 'not_found' } });
        await rejects(nango.updateIntegration(params, { display_name: 'x' }), 404, { error: { code: 'not_found' } });
      },
    },
    {
      name: 'positional arguments of an older release are answered 415 and 404',
      covers: ['createIntegration/b', 'getIntegration/b'],
      since: '0.63.1',
      async run({ nango, name }) {
        await rejects(nango.createIntegration('sim-none', name('positional')), 415, {
          error: { code: 'invalid_content_type' },
        });
        await rejects(nango.getIntegration('sim-none'), 404, { error: { code: 'not_found' } });
      },
    },
  ],
};
