// The error envelopes, with exact keys, and the fields of validation.

import { contains, equal, is } from '../lib/expect.mjs';
import { classic, invalid, json, modern } from '../lib/replies.mjs';

const KEY = { 'content-type': 'application/json' };

export default {
  resource: 'errors',
  scenarios: [
    {
      name: 'envelope A: older paths and authorization',
      async run({ api, anonymous, seed }) {
        classic(await anonymous.get('/integrations'), 401, 'missing_auth_header', {});
        classic(await api.get('/config/no-such'), 400, 'unknown_provider_config');
        classic(await api.post('/config', {}), 400, 'missing_provider_config');
        classic(await api.post('/connection', {}), 400, 'missing_provider_config');
        classic(
          await api.post(`/connection/no-such/metadata?provider_config_key=${seed.keys.none}`, { a: 1 }),
          404,
          'unknown_connection',
          { connectionId: 'no-such', providerConfigKey: seed.keys.none },
        );
      },
    },
    {
      name: 'envelope B: everything else',
      async run({ api, seed }) {
        modern(await api.get('/integrations/no-such'), 404, 'not_found');
        modern(await api.get(`/connections/no-such?provider_config_key=${seed.keys.none}`), 404, 'not_found');
        modern(await api.get('/connections/x?provider_config_key=no-such'), 400, 'unknown_provider_config');
        modern(
          await api.delete(`/connections/no-such?provider_config_key=${seed.keys.none}`),
          400,
          'unknown_connection',
        );
        modern(
          await api.post('/connections', { provider_config_key: 'no-such', credentials: { type: 'NONE' } }),
          404,
          'not_found',
        );
      },
    },
    {
      name: 'envelope C: several faults at once',
      async run({ api }) {
        invalid(
          await api.post('/integrations', { provider: 'bad name!', unique_key: 7, display_name: '' }),
          'invalid_body',
          [
            ['invalid_format', ['provider']],
            ['invalid_type', ['unique_key']],
            ['too_small', ['display_name']],
          ],
        );
      },
    },
    {
      name: 'envelope C: query, path and headers have codes of their own',
      async run({ api, seed }) {
        const query = await api.get('/connections?limit=many');
        modern(query, 400, 'invalid_query_params');
        contains(query.json().error.errors, [{ path: ['limit'] }]);
        const uri = await api.get('/integrations/%C3%BC');
        modern(uri, 400, 'invalid_uri_params');
        contains(uri.json().error.errors, [{ code: 'invalid_format', path: ['uniqueKey'] }]);
        const headers = await api.get('/proxy/x', { 'connection-id': seed.connections.none });
        modern(headers, 400, 'invalid_headers');
        contains(headers.json().error.errors, [{ path: ['provider-config-key'] }]);
      },
    },
    {
      name: 'faults of a credential are told at the member its type chooses',
      async run({ api, seed }) {
        const create = (credentials) =>
          api.post('/connections', { provider_config_key: seed.keys.apiKey, credentials });
        for (const credentials of [{}, { type: 'NO_SUCH' }]) {
          const reply = await create(credentials);
          invalid(reply, 'invalid_body', [['invalid_union', ['credentials', 'type']]]);
        }
        invalid(await create({ type: 'API_KEY' }), 'invalid_body', [['invalid_type', ['credentials', 'apiKey']]]);
        invalid(await create({ type: 'API_KEY', apiKey: '' }), 'invalid_body', [
          ['too_small', ['credentials', 'apiKey']],
        ]);
        invalid(await create({ type: 'API_KEY', apiKey: 'k', more: 1 }), 'invalid_body', [
          ['unrecognized_keys', ['credentials']],
        ]);
      },
    },
    {
      name: 'tags are checked for number, keys and values',
      async run({ api, seed }) {
        const patch = (tags) =>
          api.patch(`/connections/${seed.connections.none}?provider_config_key=${seed.keys.none}`, { tags });
        const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, 'v']));
        for (const tags of [
          eleven,
          { '1x': 'v' },
          { x: '' },
          { x: 'v'.repeat(256) },
          { [`k${'k'.repeat(64)}`]: 'v' },
          { x: 1 },
          { end_user_email: 'nobody' },
        ]) {
          modern(await patch(tags), 400, 'invalid_body');
        }
        const before = json(
          await api.get(`/connections/${seed.connections.none}?provider_config_key=${seed.keys.none}`),
          200,
        );
        equal(before.tags, { kind: 'none', owner: seed.prefix }, 'tags after refused changes');
      },
    },
    {
      name: 'an end user is checked field by field',
      async run({ api, seed }) {
        const patch = (end_user) =>
          api.patch(`/connections/${seed.connections.none}?provider_config_key=${seed.keys.none}`, { end_user });
        invalid(await patch({}), 'invalid_body', [['invalid_type', ['end_user', 'id']]]);
        invalid(await patch({ id: 'x', email: 'nobody' }), 'invalid_body', [['invalid_format', ['end_user', 'email']]]);
        invalid(await patch({ id: 'x', more: 1 }), 'invalid_body', [['unrecognized_keys', ['end_user']]]);
      },
    },
    {
      name: 'a message comes with a refusal',
      async run({ api }) {
        const reply = await api.send({ method: 'POST', path: '/integrations', headers: KEY, body: '{' });
        contains(reply.json().error, { code: 'invalid_json', message: is.text });
      },
    },
  ],
};
