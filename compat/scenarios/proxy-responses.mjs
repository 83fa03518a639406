// Replies on their way back: status, headers and bytes of the provider, exactly. Where the suite needs to
// know what the provider sends, it asks the simulator directly and compares.

import { createHash } from 'node:crypto';
import { contains, equal, is, rejects } from '../lib/expect.mjs';
import { connectionOf } from '../lib/proxying.mjs';

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = ({ data }) => Buffer.from(data);
const PROVIDER_ERRORS = [400, 401, 403, 404, 409, 422, 429, 500, 502, 503];
const PROVIDER_HEADERS = [
  ['X-Total-Count', '42'],
  ['Link', '<https://example.com>'],
  ['X-Request-Id', 'abc'],
  ['Set-Cookie', 'a=1'],
  ['Set-Cookie', 'b=2'],
  ['Access-Control-Allow-Origin', 'https://evil.example'],
  ['Keep-Alive', 'timeout=99'],
];

/** One GET through the proxy as a connection without credentials. */
const through = ({ nango, seed }, endpoint, extra = {}) =>
  nango.get({ endpoint, ...connectionOf(seed, 'none'), ...extra });

export default {
  resource: 'proxy (replies)',
  scenarios: [
    {
      name: 'every success status comes back as it is',
      covers: ['get'],
      async run(t) {
        for (const status of [200, 201, 202, 203, 206]) {
          const reply = await through(t, `/status/${status}?body=${encodeURIComponent('{"made":true}')}`);
          equal(reply.status, status, 'status');
          contains(
            typeof reply.data === 'string' ? JSON.parse(reply.data) : reply.data,
            { made: true },
            `body of ${status}`,
          );
        }
        const empty = await through(t, '/status/204');
        equal([empty.status, empty.data], [204, ''], 'status and body');
      },
    },
    {
      name: 'every error status of the provider rejects with its status and body',
      covers: ['get'],
      async run(t) {
        for (const status of PROVIDER_ERRORS) {
          const reply = await rejects(
            through(t, `/status/${status}?body=${encodeURIComponent('{"why":"no"}')}`),
            status,
          );
          const body = typeof reply.data === 'string' ? JSON.parse(reply.data) : reply.data;
          equal(body, { why: 'no' }, `body of ${status}`);
        }
      },
    },
    {
      name: 'a 3xx that leads nowhere comes back as it is',
      covers: ['get'],
      async run(t) {
        await rejects(through(t, '/status/304'), 304);
        await rejects(through(t, '/status/300'), 300);
      },
    },
    {
      name: 'a redirect is followed by the server',
      covers: ['get'],
      async run(t) {
        const landing = `/echo/${t.version}/landing`;
        const reply = await through(t, `/redirect?to=${encodeURIComponent(`/api${landing}`)}&status=302`);
        equal(reply.status, 200, 'status');
        equal((await t.simulator.seen(`/api${landing}`)).method, 'GET', 'method after the redirect');
        equal(
          new URL(reply.config.url, t.target.url).pathname.startsWith('/proxy'),
          true,
          'the client was not redirected',
        );
      },
    },
    {
      name: '303 turns a POST into a GET, 307 keeps method and body',
      covers: ['post'],
      async run({ nango, seed, simulator, version }) {
        for (const [status, method, body] of [
          [303, 'GET', ''],
          [307, 'POST', '{"kept":1}'],
        ]) {
          const landing = `/api/echo/${version}/after-${status}`;
          await nango.post({
            endpoint: `/redirect?to=${encodeURIComponent(landing)}&status=${status}`,
            ...connectionOf(seed, 'none'),
            data: { kept: 1 },
          });
          const seen = await simulator.seen(landing);
          equal([seen.method, seen.body.toString()], [method, body], `after ${status}`);
        }
      },
    },
    {
      name: 'the switch for headers on redirects is accepted',
      covers: ['get/g'],
      since: '0.69.48',
      async run(t) {
        const landing = `/api/echo/${t.version}/forwarded`;
        const to = `/redirect?to=${encodeURIComponent(landing)}&status=302`;
        await through(t, to, { forwardHeadersOnRedirect: true, headers: { 'X-Kept': 'yes' } });
        equal((await t.simulator.seen(landing)).headers['x-kept'], 'yes', 'own header after the redirect');
      },
    },
    {
      name: 'a redirect without end is a failure of the call',
      covers: ['get'],
      async run(t) {
        await rejects(through(t, '/redirect-chain/9'), 500, { message: is.text, code: is.text, method: 'get' });
      },
    },
    {
      name: 'headers of the provider come back, repeated ones too; those of the connection do not',
      covers: ['get'],
      async run(t) {
        const reply = await through(t, `/headers?${new URLSearchParams(PROVIDER_HEADERS)}`);
        contains(reply.headers, { 'x-total-count': '42', link: '<https://example.com>', 'x-request-id': 'abc' });
        equal(reply.headers['set-cookie'], ['a=1', 'b=2'], 'set-cookie');
        equal(reply.headers['access-control-allow-origin'], '*', 'access-control-allow-origin');
        equal(reply.headers['keep-alive'] === 'timeout=99', false, 'keep-alive of the provider');
      },
    },
    {
      name: 'binary replies come back byte for byte, failed ones too',
      covers: ['get'],
      since: '0.36.37',
      async run(t) {
        const direct = (await t.simulator.http.get('/api/binary')).body;
        equal(bytesOf(await through(t, '/binary', { responseType: 'arraybuffer' })), direct, 'bytes');
        const failed = await rejects(through(t, '/binary?status=422', { responseType: 'arraybuffer' }), 422);
        equal(bytesOf(failed), direct, 'bytes of an error');
      },
    },
    {
      name: 'compressed replies come back unpacked, whether asked for or not',
      covers: ['get'],
      async run(t) {
        for (const endpoint of ['/gzip', '/deflate']) {
          const plain = await through(t, endpoint);
          const asked = await through(t, endpoint, { decompress: true });
          equal(plain.headers['content-encoding'], undefined, `content-encoding of ${endpoint}`);
          equal(typeof plain.data, 'object', `parsed JSON of ${endpoint}`);
          equal(Object.keys(asked.data), Object.keys(plain.data), `asked and plain ${endpoint}`);
        }
      },
    },
    {
      name: 'chunked and fixed-length replies of a million bytes come back whole',
      covers: ['get'],
      since: '0.36.37',
      async run(t) {
        for (const query of ['bytes=1024000', 'bytes=1024000&length=1']) {
          const direct = (await t.simulator.http.get(`/api/stream?${query}`)).body;
          equal(direct.length, 1_024_000, 'length at the provider');
          const reply = await through(t, `/stream?${query}`, { responseType: 'arraybuffer' });
          equal(hashOf(bytesOf(reply)), hashOf(direct), `hash of ${query}`);
          if (query.includes('length')) equal(reply.headers['content-length'], '1024000', 'content-length');
        }
      },
    },
    {
      name: 'a reply can be read as a stream',
      covers: ['get'],
      since: '0.36.37',
      async run(t) {
        const reply = await through(t, '/stream?bytes=300000', { responseType: 'stream' });
        const chunks = [];
        for await (const chunk of reply.data) chunks.push(chunk);
        equal(Buffer.concat(chunks), (await t.simulator.http.get('/api/stream?bytes=300000')).body, 'bytes');
      },
    },
    {
      name: 'a provider that cannot be reached gives a transport error without the error wrapper',
      covers: ['get'],
      async run(t) {
        const reply = await rejects(through(t, '/x', { baseUrlOverride: 'http://127.0.0.1:1' }), 500, {
          message: is.text,
          code: 'ECONNREFUSED',
          method: 'get',
        });
        equal(reply.data.error, undefined, 'error');
      },
    },
  ],
};
