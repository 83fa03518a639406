// Requests that only releases outside the pinned ones send, and peculiar forms of pinned ones.

import { equal } from '../lib/expect.mjs';
import { classic, json } from '../lib/replies.mjs';
import { createConnection } from '../lib/seed.mjs';

const idsOf = (body) => body.connections.map(({ connection_id }) => connection_id);

export default {
  resource: 'old clients',
  scenarios: [
    {
      name: 'releases 0.69.8 to 0.69.30 filter by email, which means the tag of the end user',
      async run({ api, seed, name }) {
        const id = await createConnection(api, {
          provider_config_key: seed.keys.none,
          connection_id: name('by-email'),
          credentials: { type: 'NONE' },
          end_user: { id: 'raw-email', email: 'only.here@example.com' },
        });
        equal(idsOf(json(await api.get('/connections?email=only.here%40example.com'), 200)), [id], 'found');
        equal(idsOf(json(await api.get('/connections?email=nobody%40example.com'), 200)), [], 'not found');
      },
    },
    {
      name: 'a bare question mark is no query',
      async run({ api }) {
        json(await api.get('/connection?'), 200);
        json(await api.get('/integrations?'), 200);
      },
    },
    {
      name: 'include may be single, repeated or bracketed',
      async run({ api, seed }) {
        const path = `/integrations/${seed.keys.oauth2}`;
        const found = async (query) => {
          const { data } = json(await api.get(`${path}?${query}`), 200);
          return ['webhook_url', 'credentials'].filter((field) => field in data);
        };
        equal(await found('include=webhook'), ['webhook_url'], 'single');
        equal(await found('include=webhook&include=credentials'), ['webhook_url', 'credentials'], 'repeated');
        equal(await found('include[]=webhook&include[]=credentials'), ['webhook_url', 'credentials'], 'bracketed');
      },
    },
    {
      name: 'metadata through the path, key in the query or in the header (up to 0.39.28)',
      async run({ api, seed }) {
        const id = seed.connections.basic;
        const key = { 'provider-config-key': seed.keys.basic };
        const byQuery = await api.post(`/connection/${id}/metadata?provider_config_key=${seed.keys.basic}`, {
          a: 1,
          b: 2,
        });
        equal(json(byQuery, 201), { a: 1, b: 2 }, 'echo');
        equal(json(await api.patch(`/connection/${id}/metadata`, { b: 3 }, key), 200), { b: 3 }, 'echo of a patch');
        json(await api.get(`/connection/${id}?provider_config_key=${seed.keys.basic}`), 200, {
          metadata: { a: 1, b: 3 },
        });
        classic(await api.post(`/connection/${id}/metadata`, { a: 1 }), 400, 'missing_provider_config');
      },
    },
    {
      name: 'tags filter in brackets, encoded or not',
      async run({ api, seed }) {
        for (const query of [`tags[owner]=${seed.prefix}`, `tags%5BOwner%5D=${seed.prefix}`]) {
          const { connections } = json(await api.get(`/connections?${query}&limit=2000`), 200);
          const expected = Object.values(seed.connections).sort();
          equal(connections.map(({ connection_id }) => connection_id).sort(), expected, query);
        }
      },
    },
    {
      name: 'a plus sign in a query is a space',
      async run({ api, seed, name }) {
        const id = await createConnection(api, {
          provider_config_key: seed.keys.none,
          connection_id: name('with space'),
          credentials: { type: 'NONE' },
        });
        equal(idsOf(json(await api.get('/connections?connectionId=raw-with+space'), 200)), [id], 'found');
      },
    },
  ],
};
