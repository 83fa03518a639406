// The `/config` generation: positional arguments, `{ config }` replies.

import { contains, equal, is, keys, rejects } from '../lib/expect.mjs';
import { CLIENT_ID, CLIENT_SECRET } from '../lib/seed.mjs';

const CREDENTIALS = { oauth_client_id: CLIENT_ID, oauth_client_secret: CLIENT_SECRET, oauth_scopes: 'read write' };

export default {
  resource: 'integrations (/config)',
  scenarios: [
    {
      name: 'every integration is listed under configs',
      covers: ['listIntegrations/a'],
      before: '0.42.13',
      async run({ nango, seed }) {
        const { configs } = await nango.listIntegrations();
        const mine = configs.filter(({ unique_key }) => unique_key.startsWith(`${seed.prefix}-`));
        for (const [kind, key] of Object.entries(seed.keys)) {
          contains(
            mine.find(({ unique_key }) => unique_key === key),
            { provider: is.text },
            kind,
          );
        }
      },
    },
    {
      name: 'create, read, replace and delete round trip',
      covers: ['createIntegration/a', 'getIntegration/a', 'updateIntegration/a'],
      before: '0.63.0',
      async run({ nango, name }) {
        const key = name('legacy-oauth2');
        const created = await nango.createIntegration('sim-oauth2', key, CREDENTIALS);
        equal(created, { config: { unique_key: key, provider: 'sim-oauth2' } }, 'created');

        const { config } = await nango.getIntegration(key);
        keys(config, ['unique_key', 'provider', 'syncs', 'actions'], [], 'config');
        equal(config, { unique_key: key, provider: 'sim-oauth2', syncs: [], actions: [] }, 'config');

        const changes = { oauth_client_id: 'other', oauth_client_secret: 'other-secret', oauth_scopes: 'read' };
        const updated = await nango.updateIntegration('sim-oauth2', key, changes);
        equal(updated, { config: { unique_key: key, provider: 'sim-oauth2' } }, 'updated');
        contains(await nango.getIntegration(key, true), {
          config: { client_id: 'other', client_secret: 'other-secret', scopes: 'read' },
        });
        const reply = await nango.deleteIntegration(key);
        equal(reply.status, 200, 'status of the deletion');
      },
    },
    {
      name: 'credentials are included on request, with every documented field',
      covers: ['getIntegration/a'],
      before: '0.63.0',
      async run({ nango, seed }) {
        const { config } = await nango.getIntegration(seed.keys.oauth2, true);
        keys(
          config,
          [
            'unique_key',
            'provider',
            'client_id',
            'client_secret',
            'custom',
            'scopes',
            'app_link',
            'auth_mode',
            'created_at',
            'syncs',
            'actions',
            'has_webhook',
            'webhook_secret',
            'connections',
            'docs',
            'connection_count',
            'has_webhook_user_defined_secret',
            'webhook_url',
          ],
          [],
          'config',
        );
        contains(config, {
          unique_key: seed.keys.oauth2,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scopes: 'read,write',
          auth_mode: 'OAUTH2',
          connections: is.array,
          connection_count: is.int,
        });
        const [connection] = config.connections;
        keys(
          connection,
          ['id', 'connection_id', 'provider_config_key', 'environment_id', 'connection_config'],
          [],
          'connection',
        );
      },
    },
    {
      name: 'an integration without credentials needs none',
      covers: ['createIntegration/a', 'deleteIntegration'],
      before: '0.63.0',
      async run({ nango, name }) {
        const key = name('legacy-api-key');
        equal(await nango.createIntegration('sim-api-key', key), {
          config: { unique_key: key, provider: 'sim-api-key' },
        });
        await rejects(nango.updateIntegration('sim-api-key', key), 400, {
          error: { code: 'provider_config_edit_not_allowed' },
        });
        await nango.deleteIntegration(key);
        await rejects(nango.getIntegration(key), 400, { error: { code: 'unknown_provider_config' } });
      },
    },
    {
      name: 'scopes separated by spaces or commas are stored with commas',
      covers: ['createIntegration/a'],
      before: '0.63.0',
      async run({ nango, name }) {
        const key = name('legacy-scopes');
        await nango.createIntegration('sim-oauth2', key, { ...CREDENTIALS, oauth_scopes: 'read  write,admin' });
        contains(await nango.getIntegration(key, true), { config: { scopes: 'read,write,admin' } });
        await nango.deleteIntegration(key);
      },
    },
    {
      name: 'each mistake in a creation has its code',
      covers: ['createIntegration/a'],
      before: '0.63.0',
      async run({ nango, name, seed }) {
        const create = (...args) => nango.createIntegration(...args);
        const classic = (code) => ({ error: { code, message: is.string, payload: (value) => value !== undefined } });
        const key = name('legacy-mistakes');
        await rejects(create('no-such-provider', key, CREDENTIALS), 400, classic('unknown_provider_template'));
        await rejects(create('sim-oauth2', key), 400, classic('missing_client_id'));
        await rejects(create('sim-oauth2', key, { oauth_client_id: 'x' }), 400, classic('missing_client_secret'));
        await rejects(create('sim-oauth2', '', CREDENTIALS), 400, classic('missing_provider_config'));
        await rejects(create('sim-oauth2', seed.keys.oauth2, CREDENTIALS), 409, classic('duplicate_provider_config'));
        await rejects(create('sim-app', key, { oauth_client_id: 'x' }), 400, classic('missing_app_secret'));
        await rejects(create('sim-app', key), 400, classic('missing_app_id'));
      },
    },
  ],
};
