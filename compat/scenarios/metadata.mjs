// Metadata: set replaces, update merges the top level. Up to 0.39.28 the id is in the path and the body is
// the metadata itself; later one request may name several connections.

import { equal, rejects, throwsLocally } from '../lib/expect.mjs';
import { createConnection } from '../lib/seed.mjs';

async function connect({ api, seed, name }, topic) {
  const key = seed.keys.none;
  const id = await createConnection(api, {
    provider_config_key: key,
    connection_id: name(topic),
    credentials: { type: 'NONE' },
    metadata: { old: true },
  });
  return { key, id };
}

export default {
  resource: 'metadata',
  scenarios: [
    {
      name: 'metadata is read as stored',
      covers: ['getMetadata'],
      async run(t) {
        const { key, id } = await connect(t, 'meta-read');
        equal(await t.nango.getMetadata(key, id), { old: true });
      },
    },
    {
      name: 'set replaces everything and echoes what came',
      covers: ['setMetadata', 'getMetadata'],
      async run(t) {
        const { key, id } = await connect(t, 'meta-set');
        const metadata = { a: 1, nested: { x: [1, null, 'é'] } };
        const reply = await t.nango.setMetadata(key, id, metadata);
        equal(reply.status, 201, 'status');
        const echo = t.since('0.39.29') ? { metadata, connection_id: id, provider_config_key: key } : metadata;
        equal(reply.data, echo, 'echo');
        equal(await t.nango.getMetadata(key, id), metadata, 'stored');
      },
    },
    {
      name: 'update merges the top level only and echoes what came',
      covers: ['updateMetadata', 'getMetadata'],
      since: '0.36.100',
      async run(t) {
        const { key, id } = await connect(t, 'meta-update');
        await t.nango.setMetadata(key, id, { keep: 1, change: { x: 1, y: 2 } });
        const metadata = { change: { z: 3 }, fresh: null };
        const reply = await t.nango.updateMetadata(key, id, metadata);
        equal(reply.status, 200, 'status');
        equal(reply.data, { metadata, connection_id: id, provider_config_key: key }, 'echo');
        equal(await t.nango.getMetadata(key, id), { keep: 1, change: { z: 3 }, fresh: null }, 'stored');
      },
    },
    {
      name: 'several connections change together or not at all',
      covers: ['setMetadata/b', 'updateMetadata/b'],
      since: '0.39.29',
      async run(t) {
        const { nango } = t;
        const { key, id } = await connect(t, 'meta-one');
        const { id: other } = await connect(t, 'meta-two');
        equal((await nango.setMetadata(key, [id, other], { both: 1 })).status, 201, 'status');
        equal(await nango.getMetadata(key, other), { both: 1 }, 'the second');
        equal((await nango.updateMetadata(key, [id, other], { more: 2 })).status, 200, 'status');
        equal(await nango.getMetadata(key, id), { both: 1, more: 2 }, 'the first');

        await rejects(nango.setMetadata(key, [id, 'no-such'], { lost: 1 }), 404, {
          error: { code: 'unknown_connection' },
        });
        equal(await nango.getMetadata(key, id), { both: 1, more: 2 }, 'after a refused change');
      },
    },
    {
      name: 'an unknown connection is refused',
      covers: ['setMetadata'],
      async run({ nango, seed }) {
        await rejects(nango.setMetadata(seed.keys.none, 'no-such', { a: 1 }), 404, {
          error: { code: 'unknown_connection' },
        });
      },
    },
    {
      name: 'empty arguments are refused before any request',
      covers: ['getMetadata'],
      async run({ nango }) {
        await throwsLocally(() => nango.getMetadata('', 'x'), /./);
        await throwsLocally(() => nango.getMetadata('x', ''), /./);
      },
    },
  ],
};
