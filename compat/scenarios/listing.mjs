// Lists of connections: item shape, and every filter with the releases that send it.

import { contains, equal, is, keys, rejects } from '../lib/expect.mjs';
import { METADATA, createConnection } from '../lib/seed.mjs';

const ITEM = [
  'id',
  'connection_id',
  'provider_config_key',
  'provider',
  'errors',
  'end_user',
  'tags',
  'metadata',
  'created',
];
const ids = ({ connections }) => connections.map((connection) => connection.connection_id);

/** Three connections of one end user on one integration each; gives their names. */
async function plantCrowd({ api, seed, name }, topic) {
  const userId = name(`${topic}-user`);
  const end_user = { id: userId, email: `${userId}@example.com`, display_name: `Shown ${userId}` };
  const made = [];
  for (const kind of ['none', 'apiKey', 'basic']) {
    const credentials = {
      none: { type: 'NONE' },
      apiKey: { type: 'API_KEY', apiKey: 'k' },
      basic: { type: 'BASIC', username: 'u', password: 'p' },
    };
    made.push(
      await createConnection(api, {
        provider_config_key: seed.keys[kind],
        connection_id: name(`${topic}-${kind.toLowerCase()}`),
        credentials: credentials[kind],
        end_user,
        tags: { topic, Shape: kind.toLowerCase() },
      }),
    );
  }
  return { userId, end_user, made };
}

export default {
  resource: 'connections (lists)',
  scenarios: [
    {
      name: 'without arguments every connection is listed, newest first, without credentials',
      covers: ['listConnections'],
      async run({ nango, seed }) {
        const { connections } = await nango.listConnections();
        const mine = connections.filter(({ connection_id }) => Object.values(seed.connections).includes(connection_id));
        equal(mine.length, Object.keys(seed.connections).length, 'connections of this version');
        for (const item of mine) {
          keys(item, ITEM, [], item.connection_id);
          contains(item, {
            id: is.int,
            errors: [],
            end_user: null,
            metadata: METADATA,
            created: is.isoOffset,
            tags: { owner: seed.prefix },
          });
        }
        const order = mine.map(({ id }) => id);
        equal(
          order,
          [...order].sort((a, b) => b - a),
          'order',
        );
      },
    },
    {
      name: 'a connection id filters exactly',
      covers: ['listConnections'],
      async run({ nango, seed }) {
        equal(ids(await nango.listConnections(seed.connections.oauth2)), [seed.connections.oauth2], 'ids');
        equal(await nango.listConnections(`${seed.prefix}-no-such`), { connections: [] }, 'nothing found');
      },
    },
    {
      name: 'a search looks into id, name and e-mail, in any case',
      covers: ['listConnections/c'],
      since: '0.42.22',
      async run(t) {
        const { userId, end_user, made } = await plantCrowd(t, 'search');
        const search = async (text) => ids(await t.nango.listConnections(undefined, text)).sort();
        equal(await search(made[0].toUpperCase()), [made[0]], 'by id');
        equal(await search(`shown ${userId}`), [...made].sort(), 'by display name');
        equal(await search(end_user.email.toUpperCase()), [...made].sort(), 'by e-mail');
        equal(await search(`${userId}-nobody`), [], 'nothing found');
      },
    },
    {
      name: 'an end user filters exactly; filters add up',
      covers: ['listConnections/c'],
      since: '0.48.0',
      async run(t) {
        const { userId, made } = await plantCrowd(t, 'filter');
        const list = async (...args) => ids(await t.nango.listConnections(...args)).sort();
        equal(await list(undefined, undefined, { endUserId: userId }), [...made].sort(), 'by end user');
        equal(await list(made[1], undefined, { endUserId: userId }), [made[1]], 'by both');
        equal(await list(undefined, undefined, { endUserId: `${userId}x` }), [], 'another end user');
        equal(await list(undefined, undefined, { endUserOrganizationId: `${userId}-org` }), [], 'by organization');
        const { connections } = await t.nango.listConnections(made[0]);
        contains(connections, [
          { end_user: { id: userId, organization: null, tags: (tags) => tags === null || is.object(tags) } },
        ]);
      },
    },
    {
      name: 'pages of the positional form',
      covers: ['listConnections/d'],
      since: '0.69.22',
      async run(t) {
        const { userId, made } = await plantCrowd(t, 'paged');
        const page = async (number) =>
          ids(await t.nango.listConnections(undefined, undefined, { endUserId: userId, limit: 2, page: number }));
        equal([...(await page(0)), ...(await page(1))], [...made].reverse(), 'both pages');
        equal(await page(2), [], 'after the last page');
      },
    },
    {
      name: 'the object form filters by user, integrations and tags',
      covers: ['listConnections/e'],
      since: '0.69.22',
      async run(t) {
        const { nango, seed } = t;
        const { userId, made } = await plantCrowd(t, 'object');
        const list = async (filters) => ids(await nango.listConnections({ userId, ...filters })).sort();
        equal(await list({}), [...made].sort(), 'by user');
        equal(await list({ connectionId: made[2] }), [made[2]], 'by id');
        equal(await list({ integrationId: seed.keys.none }), [made[0]], 'by one integration');
        equal(await list({ integrationId: [seed.keys.none, seed.keys.basic] }), [made[0], made[2]].sort(), 'by two');
        equal(await list({ limit: 1, page: 1 }), [made[1]], 'second page of one');
        equal(await list({ limit: 2 }), [made[1], made[2]].sort(), 'newest two');
        equal(await list({ integrationId: 'no-such' }), [], 'by an unknown integration');
      },
    },
    {
      name: 'tags of the object form: any pair, and the two named ones',
      covers: ['listConnections/e'],
      since: '0.69.31',
      async run(t) {
        const { userId, end_user, made } = await plantCrowd(t, 'tags');
        const list = async (tags) => ids(await t.nango.listConnections({ userId, tags })).sort();
        equal(await list({ topic: 'tags' }), [...made].sort(), 'by a pair');
        equal(await list({ TOPIC: 'tags', shape: 'basic' }), [made[2]], 'by two pairs, any case of the key');
        equal(await list({ topic: 'Tags' }), [], 'values are compared exactly');
        equal(await list({ email: end_user.email }), [...made].sort(), 'by e-mail');
        equal(await list({ displayName: end_user.display_name, shape: 'none' }), [made[0]], 'by name and a pair');
      },
    },
    {
      name: 'a filter out of bounds is refused at its path',
      covers: ['listConnections'],
      async run({ nango, since }) {
        const invalid = (path) => ({ error: { code: 'invalid_query_params', errors: [{ path: [path] }] } });
        await rejects(nango.listConnections('x'.repeat(256)), 400, invalid('connectionId'));
        if (!since('0.69.22')) return;
        await rejects(nango.listConnections({ limit: 2001 }), 400, invalid('limit'));
        await rejects(nango.listConnections({ page: -1 }), 400, invalid('page'));
      },
    },
  ],
};
