// What is checked before any handler: body syntax, content type, unknown keys.

import { equal } from '../lib/expect.mjs';
import { classic, invalid, json, modern } from '../lib/replies.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const GUARDED = [
  '/providers',
  '/environments',
  '/integrations',
  '/connection',
  '/connections',
  '/environment-variables',
  '/environment/api-keys',
  '/sync/trigger',
  '/scripts/config',
  '/action/trigger',
  '/connect/sessions',
];

export default {
  resource: 'transport',
  scenarios: [
    {
      name: 'malformed JSON is refused before the key is looked at',
      async run({ anonymous, api }) {
        for (const who of [anonymous, api]) {
          for (const body of ['{"a":', '[1,', '{"a":1}x', '"text"', '12', 'null']) {
            modern(
              await who.send({ method: 'POST', path: '/connections', headers: JSON_TYPE, body }),
              400,
              'invalid_json',
            );
          }
        }
      },
    },
    {
      name: 'an empty body with a JSON type counts as an empty object',
      async run({ api }) {
        const reply = await api.send({
          method: 'POST',
          path: '/integrations',
          headers: { ...JSON_TYPE, 'content-length': 0 },
        });
        invalid(reply, 'invalid_body', [
          ['invalid_type', ['provider']],
          ['invalid_type', ['unique_key']],
        ]);
      },
    },
    {
      name: 'GET and DELETE with a JSON type and no body are normal',
      async run({ api, seed }) {
        equal((await api.get('/integrations', JSON_TYPE)).status, 200, 'GET');
        const path = `/connections/no-such?provider_config_key=${seed.keys.none}`;
        modern(await api.delete(path, JSON_TYPE), 400, 'unknown_connection');
      },
    },
    {
      name: 'another content type on a guarded path is refused before the key is looked at',
      async run({ anonymous }) {
        for (const path of GUARDED) {
          const headers = { 'content-type': 'text/plain' };
          modern(await anonymous.send({ method: 'POST', path, headers, body: 'x' }), 415, 'invalid_content_type');
        }
        const form = { 'content-type': 'application/x-www-form-urlencoded' };
        modern(
          await anonymous.send({ method: 'PATCH', path: '/Connections/x/', headers: form, body: 'a=1' }),
          415,
          'invalid_content_type',
        );
      },
    },
    {
      name: 'parameters of the JSON type and a missing type pass the guard',
      async run({ api }) {
        const body = '{"provider":"sim-none"}';
        const headers = { 'content-type': 'application/json; charset=utf-8' };
        invalid(await api.send({ method: 'POST', path: '/integrations', headers, body }), 'invalid_body', [
          ['invalid_type', ['unique_key']],
        ]);
        equal((await api.send({ method: 'GET', path: '/integrations' })).status, 200, 'without a type');
      },
    },
    {
      name: 'the older paths are not guarded',
      async run({ api }) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const reply = await api.send({ method: 'POST', path: '/config', headers, body: 'provider=sim-none' });
        classic(reply, 400, 'missing_provider_config');
      },
    },
    {
      name: 'unknown keys in a query are refused',
      async run({ api, seed }) {
        const surplus = [['unrecognized_keys', []]];
        for (const path of [
          '/integrations?x=1',
          '/config?x=1',
          '/providers?x=1',
          '/connections?x=1',
          `/integrations/${seed.keys.none}?x=1`,
          `/connections/${seed.connections.none}?provider_config_key=${seed.keys.none}&x=1`,
          '/environment-variables?x=1',
        ]) {
          const reply = await api.get(path);
          equal(reply.status, 400, `status of ${path} (${reply.text.slice(0, 200)})`);
          equal(reply.json().error.code, 'invalid_query_params', path);
          if (path !== '/config?x=1') invalid(reply, 'invalid_query_params', surplus);
        }
      },
    },
    {
      name: 'unknown keys in a body are refused',
      async run({ api, seed }) {
        const surplus = [['unrecognized_keys', []]];
        const key = seed.keys.none;
        const target = `/connections/${seed.connections.none}?provider_config_key=${key}`;
        invalid(
          await api.post('/integrations', { provider: 'sim-none', unique_key: 'x', y: 1 }),
          'invalid_body',
          surplus,
        );
        invalid(await api.patch(`/integrations/${key}`, { y: 1 }), 'invalid_body', surplus);
        invalid(await api.patch(target, { y: 1 }), 'invalid_body', surplus);
        invalid(
          await api.post('/connections/metadata', {
            connection_id: seed.connections.none,
            provider_config_key: key,
            metadata: {},
            y: 1,
          }),
          'invalid_body',
          surplus,
        );
        invalid(
          await api.post('/connections', { provider_config_key: key, credentials: { type: 'NONE' }, y: 1 }),
          'invalid_body',
          surplus,
        );
      },
    },
    {
      name: 'boolean flags accept their documented spellings and no others',
      async run({ api, seed }) {
        const read = (flag) =>
          api.get(`/connections/${seed.connections.none}?provider_config_key=${seed.keys.none}&force_refresh=${flag}`);
        for (const flag of ['true', 'FALSE', '1', '0', 'yes', 'No', 'on', 'off', 'y', 'n', 'enabled', 'disabled']) {
          json(await read(flag), 200);
        }
        for (const flag of ['', 'maybe', '2']) {
          const reply = await read(flag);
          modern(reply, 400, 'invalid_query_params');
          equal(reply.json().error.errors[0].path, ['force_refresh'], `path for "${flag}"`);
        }
      },
    },
    {
      name: 'a missing integration on a connection read is reported at its path',
      async run({ api }) {
        invalid(await api.get('/connections/x'), 'invalid_query_params', [['invalid_type', ['provider_config_key']]]);
      },
    },
  ],
};
