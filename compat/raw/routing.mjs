// Paths and methods.

import { equal } from '../lib/expect.mjs';
import { json, modern } from '../lib/replies.mjs';

export default {
  resource: 'routing',
  scenarios: [
    {
      name: 'health and readiness need no key',
      async run({ anonymous }) {
        equal(json(await anonymous.get('/health'), 200), { result: 'ok' }, 'health');
        equal(json(await anonymous.get('/ready'), 200), { result: 'ok' }, 'ready');
      },
    },
    {
      name: 'paths match in any case and with one trailing slash',
      async run({ api }) {
        for (const path of [
          '/integrations',
          '/Integrations',
          '/INTEGRATIONS/',
          '/integrations/',
          '/Environment-Variables/',
          '/CONFIG/',
          '/Connection/?',
        ]) {
          equal((await api.get(path)).status, 200, path);
        }
      },
    },
    {
      name: 'path parameters keep their case and are decoded',
      async run({ api, seed }) {
        const escaped = encodeURIComponent(seed.connections.none).replaceAll('-', '%2D');
        json(await api.get(`/CONNECTIONS/${escaped}?provider_config_key=${seed.keys.none}`), 200, {
          connection_id: seed.connections.none,
        });
        modern(
          await api.get(`/connections/${seed.connections.none.toUpperCase()}?provider_config_key=${seed.keys.none}`),
          404,
          'not_found',
        );
      },
    },
    {
      name: 'HEAD is served where GET is, without a body',
      async run({ api, anonymous }) {
        for (const [who, path] of [
          [api, '/integrations'],
          [api, '/environment-variables'],
          [anonymous, '/health'],
        ]) {
          const reply = await who.head(path);
          equal([reply.status, reply.body.length], [200, 0], path);
        }
        equal((await anonymous.head('/integrations')).status, 401, 'without a key');
      },
    },
    {
      name: 'an unknown path is a JSON 404 for API clients',
      async run({ api, anonymous }) {
        modern(await api.get('/no-such-route'), 404, 'not_found');
        modern(await api.post('/no-such-route', {}), 404, 'not_found');
        modern(await anonymous.get('/no-such-route', { accept: 'application/json' }), 404, 'not_found');
      },
    },
    {
      name: 'the singular and plural paths of connections are one',
      async run({ api, seed }) {
        const query = `?provider_config_key=${seed.keys.none}`;
        const strip = ({ account_id, environment_id, last_fetched_at, ...rest }) => {
          void [account_id, environment_id, last_fetched_at];
          return rest;
        };
        const plural = json(await api.get(`/connections/${seed.connections.none}${query}`), 200);
        const singular = json(await api.get(`/connection/${seed.connections.none}${query}`), 200);
        equal(strip(singular), strip(plural), 'bodies');
        const list = json(await api.get(`/connections?connectionId=${seed.connections.none}`), 200);
        equal(json(await api.get(`/connection?connectionId=${seed.connections.none}`), 200), list, 'lists');
      },
    },
    {
      name: 'the whole catalogue is served as one object without a key',
      async run({ anonymous }) {
        json(await anonymous.get('/providers.json'), 200, {
          'sim-oauth2': { auth_mode: 'OAUTH2' },
          'sim-none': { auth_mode: 'NONE' },
        });
      },
    },
  ],
};
