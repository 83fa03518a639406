// The proxy byte by byte, without a client that unpacks or follows.

import { gunzipSync } from 'node:zlib';
import { contains, equal, is } from '../lib/expect.mjs';
import { json, modern } from '../lib/replies.mjs';

const headersOf = (seed, kind = 'none') => ({
  'provider-config-key': seed.keys[kind],
  'connection-id': seed.connections[kind],
});
const BIG_NUMBERS = '{"id": 9007199254740993,  "float": 1.0, "order": {"b":1, "a":2}}';

export default {
  resource: 'proxy',
  scenarios: [
    {
      name: 'JSON bodies are forwarded byte for byte, large numbers and spaces too',
      async run({ api, seed, simulator }) {
        const headers = { ...headersOf(seed), 'content-type': 'application/json' };
        equal(
          (await api.send({ method: 'POST', path: '/proxy/echo/raw/exact', headers, body: BIG_NUMBERS })).status,
          200,
          'status',
        );
        equal((await simulator.seen('/api/echo/raw/exact')).body.toString(), BIG_NUMBERS, 'body');
      },
    },
    {
      name: 'any JSON value is allowed as a body',
      async run({ api, seed, simulator }) {
        for (const [topic, body] of [
          ['text', '"text"'],
          ['number', '12'],
          ['null', 'null'],
        ]) {
          const headers = { ...headersOf(seed), 'content-type': 'application/json' };
          await api.send({ method: 'PUT', path: `/proxy/echo/raw/value-${topic}`, headers, body });
          equal((await simulator.seen(`/api/echo/raw/value-${topic}`)).body.toString(), body, topic);
        }
      },
    },
    {
      name: 'own headers are named by a prefix in any case and arrive in lower case',
      async run({ api, seed, simulator }) {
        const headers = {
          ...headersOf(seed),
          'NANGO-PROXY-X-One': '1',
          'nango-proxy-x-two': '2',
          accept: 'text/html',
          cookie: 'a=1',
          'x-other': 'no',
        };
        await api.send({ path: '/proxy/echo/raw/prefix', headers });
        const seen = await simulator.seen('/api/echo/raw/prefix');
        contains(seen.headers, {
          'x-one': '1',
          'x-two': '2',
          accept: 'application/json, text/plain, */*',
          cookie: is.absent,
          'x-other': is.absent,
        });
      },
    },
    {
      name: 'own headers cannot change framing or routing',
      async run({ api, seed, simulator }) {
        const headers = {
          ...headersOf(seed),
          'nango-proxy-host': 'evil.example',
          'nango-proxy-connection': 'upgrade',
          'nango-proxy-x-ok': '1',
        };
        await api.send({ path: '/proxy/echo/raw/framing', headers });
        const seen = await simulator.seen('/api/echo/raw/framing');
        equal(seen.headers.host, new URL(simulator.url).host, 'host');
        equal(seen.headers['x-ok'], '1', 'harmless header');
      },
    },
    {
      name: 'empty override and log headers of older clients mean none',
      async run({ api, seed }) {
        const headers = { ...headersOf(seed), 'base-url-override': '', 'nango-activity-log-id': '' };
        equal((await api.send({ path: '/proxy/status/200', headers })).status, 200, 'status');
      },
    },
    {
      name: 'one more slash after /proxy is harmless',
      async run({ api, seed }) {
        equal((await api.send({ path: '/proxy//status/201', headers: headersOf(seed) })).status, 201, 'status');
        equal(
          (await api.send({ path: '/PROXY/status/202', headers: headersOf(seed) })).status,
          202,
          'status in capitals',
        );
      },
    },
    {
      name: 'bad control headers are refused at their name',
      async run({ api, seed }) {
        for (const [header, value] of [
          ['retries', 'many'],
          ['retry-on', '500;501'],
          ['base-url-override', 'no url'],
          ['decompress', 'maybe'],
        ]) {
          const reply = await api.send({ path: '/proxy/status/200', headers: { ...headersOf(seed), [header]: value } });
          modern(reply, 400, 'invalid_headers');
          contains(reply.json().error.errors, [{ path: [header] }], header);
        }
      },
    },
    {
      name: 'a compressed reply is unpacked and says so',
      async run({ api, seed, simulator }) {
        const direct = await simulator.http.get('/api/gzip', { 'accept-encoding': 'gzip' });
        const reply = await api.send({
          path: '/proxy/gzip',
          headers: { ...headersOf(seed), 'accept-encoding': 'gzip' },
        });
        equal(reply.headers['content-encoding'], undefined, 'content-encoding');
        equal(reply.body, gunzipSync(direct.body), 'bytes');
      },
    },
    {
      name: 'HEAD reaches the provider and has no body',
      async run({ api, seed, simulator }) {
        const reply = await api.send({ method: 'HEAD', path: '/proxy/echo/raw/head', headers: headersOf(seed) });
        equal([reply.status, reply.body.length], [200, 0], 'status and length');
        equal((await simulator.seen('/api/echo/raw/head')).method, 'HEAD', 'method');
      },
    },
    {
      name: 'a partial reply keeps its status and range',
      async run({ api, seed }) {
        const reply = await api.send({ path: '/proxy/status/206?body=part', headers: headersOf(seed) });
        equal([reply.status, reply.text], [206, 'part'], 'status and body');
      },
    },
    {
      name: 'integration and connection are required and looked up',
      async run({ api, seed }) {
        modern(await api.get('/proxy/x'), 400, 'invalid_headers');
        modern(
          await api.get('/proxy/x', { ...headersOf(seed), 'provider-config-key': 'no-such' }),
          404,
          'unknown_provider_config',
        );
        modern(await api.get('/proxy/x', { ...headersOf(seed), 'connection-id': 'no-such' }), 400, 'server_error');
      },
    },
    {
      name: 'addresses of the operator are out of reach',
      async run({ api, seed }) {
        for (const base of [
          'http://169.254.169.254',
          'http://10.0.0.1',
          'http://[::1]:80',
          'http://[::ffff:10.0.0.1]',
          'http://0.0.0.0',
          'http://2852039166/',
        ]) {
          const reply = await api.get('/proxy/latest', { ...headersOf(seed), 'base-url-override': base });
          modern(reply, 400, 'base_url_override_not_allowed');
        }
        const redirect = `/proxy/redirect?status=302&to=${encodeURIComponent('http://169.254.169.254/latest')}`;
        modern(await api.get(redirect, headersOf(seed)), 400, 'base_url_override_not_allowed');
      },
    },
    {
      name: 'an upstream failure in transport has no error wrapper',
      async run({ api, seed }) {
        const reply = await api.get('/proxy/x', { ...headersOf(seed), 'base-url-override': 'http://127.0.0.1:1' });
        json(reply, 500, { message: is.text, code: 'ECONNREFUSED', method: 'get', error: is.absent });
      },
    },
  ],
};
