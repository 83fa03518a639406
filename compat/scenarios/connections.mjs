// One connection: read, change, delete. Releases before 0.67.0 use the singular path.

import { contains, equal, is, keys, rejects, throwsLocally } from '../lib/expect.mjs';
import { KINDS, METADATA, createConnection } from '../lib/seed.mjs';

const SHAPE = [
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
const LEGACY_SHAPE = [...SHAPE, 'account_id', 'environment_id'];

/** kind → what a read gives under `credentials` */
const CREDENTIALS = {
  oauth2: { type: 'OAUTH2', access_token: 'at-seed', expires_at: is.isoZ, refresh_token: is.absent, raw: is.object },
  oauth1: { type: 'OAUTH1', oauth_token: 'o1-token', oauth_token_secret: 'o1-secret', raw: is.object },
  cc: { type: 'OAUTH2_CC', token: 'cc-token', client_id: is.text, client_secret: is.text, expires_at: is.isoZ },
  apiKey: { type: 'API_KEY', apiKey: 'key-seed' },
  basic: { type: 'BASIC', username: 'ada', password: 'pässword' },
  none: {},
};

export default {
  resource: 'connections',
  scenarios: [
    ...Object.keys(KINDS).map((kind) => ({
      name: `a connection of kind ${kind} is read with its credentials`,
      covers: ['getConnection'],
      async run({ nango, seed, since }) {
        const connection = await nango.getConnection(seed.keys[kind], seed.connections[kind]);
        keys(connection, since('0.67.0') ? SHAPE : LEGACY_SHAPE, ['account_id', 'environment_id'], kind);
        contains(connection, {
          id: is.int,
          connection_id: seed.connections[kind],
          provider_config_key: seed.keys[kind],
          provider: KINDS[kind].provider,
          errors: [],
          end_user: null,
          tags: { kind: kind.toLowerCase(), owner: seed.prefix },
          metadata: METADATA,
          connection_config: is.object,
          webhook_url_override: null,
          created_at: is.isoOffset,
          updated_at: is.isoOffset,
          last_fetched_at: is.isoOffset,
          credentials: CREDENTIALS[kind],
        });
      },
    })),
    {
      name: 'a connection read through the singular path has its account and environment',
      covers: ['getConnection/a'],
      before: '0.67.0',
      async run({ nango, seed }) {
        const connection = await nango.getConnection(seed.keys.oauth2, seed.connections.oauth2);
        contains(connection, { account_id: is.int, environment_id: is.int });
      },
    },
    {
      name: 'the refresh token is shown on request only',
      covers: ['getConnection'],
      async run({ nango, seed }) {
        const read = (...flags) => nango.getConnection(seed.keys.oauth2, seed.connections.oauth2, ...flags);
        for (const hidden of [await read(), await read(false, false)]) {
          equal(JSON.stringify(hidden).includes('rt-seed'), false, 'the refresh token anywhere in the reply');
        }
        contains((await read(false, true)).credentials, {
          refresh_token: 'rt-seed',
          raw: { refresh_token: 'rt-seed' },
        });
      },
    },
    {
      name: 'the GitHub app flag is accepted',
      covers: ['getConnection/b'],
      since: '0.67.0',
      async run({ nango, seed }) {
        const connection = await nango.getConnection(seed.keys.none, seed.connections.none, false, false, true);
        equal(connection.connection_id, seed.connections.none, 'connection_id');
      },
    },
    {
      name: 'deletion takes the connection away, once',
      covers: ['deleteConnection', 'getConnection'],
      async run({ nango, api, seed, name }) {
        const key = seed.keys.apiKey;
        const id = await createConnection(api, {
          provider_config_key: key,
          connection_id: name('doomed'),
          credentials: { type: 'API_KEY', apiKey: 'k' },
        });
        const reply = await nango.deleteConnection(key, id);
        equal(reply.status, 200, 'status');
        equal(reply.data, { success: true }, 'body');
        await rejects(nango.getConnection(key, id), 404, { error: { code: 'not_found' } });
        await rejects(nango.deleteConnection(key, id), 400, { error: { code: 'unknown_connection' } });
      },
    },
    {
      name: 'an id with every allowed punctuation that survives a URL is found',
      covers: ['getConnection', 'deleteConnection'],
      async run({ nango, api, seed, name }) {
        const id = `${name('a.b')},;:=+~[]|@$ "'-_`;
        await createConnection(api, {
          provider_config_key: seed.keys.none,
          connection_id: id,
          credentials: { type: 'NONE' },
        });
        equal((await nango.getConnection(seed.keys.none, id)).connection_id, id, 'connection_id');
        equal((await nango.deleteConnection(seed.keys.none, id)).status, 200, 'status');
      },
    },
    {
      name: 'a patch replaces tags and links an end user',
      covers: ['patchConnection', 'getConnection'],
      since: '0.67.1',
      async run({ nango, api, seed, name }) {
        const provider_config_key = seed.keys.apiKey;
        const connectionId = await createConnection(api, {
          provider_config_key,
          connection_id: name('patched'),
          credentials: { type: 'API_KEY', apiKey: 'k' },
          tags: { old: 'gone' },
        });
        const target = { connectionId, provider_config_key };
        const read = () => nango.getConnection(provider_config_key, connectionId);
        equal(await nango.patchConnection(target, { tags: { Plan: 'pro' } }), { success: true }, 'reply');
        equal((await read()).tags, { plan: 'pro' }, 'tags, lower-cased');

        const end_user = { id: name('eu'), email: 'eu@example.com', display_name: 'End User', tags: { seat: '7' } };
        equal(await nango.patchConnection(target, { end_user, tags: { seat: '8' } }), { success: true }, 'reply');
        contains(await read(), {
          end_user: {
            id: end_user.id,
            email: end_user.email,
            display_name: 'End User',
            tags: { seat: '7' },
            organization: null,
          },
          tags: {
            end_user_id: end_user.id,
            end_user_email: end_user.email,
            end_user_display_name: 'End User',
            seat: '8',
          },
        });
        await nango.patchConnection(target, { tags: {} });
        equal((await read()).tags, {}, 'tags after clearing');
        await nango.patchConnection(target, { webhook_url_override: 'https://example.com/hook' });
        equal((await read()).webhook_url_override, 'https://example.com/hook', 'webhook_url_override');
        await nango.deleteConnection(provider_config_key, connectionId);
      },
    },
    {
      name: 'each mistake in a patch has its code',
      covers: ['patchConnection'],
      since: '0.67.1',
      async run({ nango, seed }) {
        const target = { connectionId: seed.connections.none, provider_config_key: seed.keys.none };
        const invalid = (errors) => ({ error: { code: 'invalid_body', errors } });
        await rejects(
          nango.patchConnection(target, { surplus: 1 }),
          400,
          invalid([{ code: 'unrecognized_keys', path: [] }]),
        );
        await rejects(nango.patchConnection(target, { tags: { '1bad': 'x' } }), 400, invalid(is.array));
        await rejects(nango.patchConnection(target, { tags: { end_user_email: 'none' } }), 400, invalid(is.array));
        await rejects(nango.patchConnection(target, { tags: { a: '1', A: '2' } }), 400, invalid(is.array));
        await rejects(nango.patchConnection({ ...target, connectionId: 'no-such' }, { tags: {} }), 404, {
          error: { code: 'not_found' },
        });
        await rejects(nango.patchConnection({ ...target, provider_config_key: 'no-such' }, { tags: {} }), 400, {
          error: { code: 'unknown_provider_config' },
        });
      },
    },
    {
      name: 'the import methods point to the REST API',
      covers: ['importConnection', 'createConnection'],
      before: '0.63.1',
      async run({ nango }) {
        await throwsLocally(() => nango.importConnection({}), /./);
        await throwsLocally(() => nango.createConnection({}), /./);
      },
    },
  ],
};
