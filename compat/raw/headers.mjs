// CORS, security headers, entity tags, rate-limit headers.

import { contains, equal, is } from '../lib/expect.mjs';

const listOf = (value) =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter(Boolean);

const SECURITY = {
  'x-xss-protection': '0',
  'x-content-type-options': 'nosniff',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-dns-prefetch-control': 'off',
  'referrer-policy': 'strict-origin',
  'strict-transport-security': 'max-age=5184000; includeSubDomains',
  'x-powered-by': is.absent,
};

export default {
  resource: 'headers',
  scenarios: [
    {
      name: 'a preflight on any path is answered 204 with the documented lists',
      async run({ anonymous }) {
        for (const path of ['/connections', '/proxy/some/where', '/no-such-route', '/']) {
          const reply = await anonymous.send({
            method: 'OPTIONS',
            path,
            headers: {
              origin: 'https://app.example',
              'access-control-request-method': 'PATCH',
              'access-control-request-headers': 'authorization',
            },
          });
          equal(reply.status, 204, path);
          contains(reply.headers, { 'access-control-allow-origin': '*', 'access-control-max-age': '600' }, path);
          equal(
            listOf(reply.headers['access-control-allow-methods']).sort(),
            ['delete', 'get', 'head', 'patch', 'post', 'put'],
            'methods',
          );
          const allowed = listOf(reply.headers['access-control-allow-headers']);
          const needed = [
            'authorization',
            'content-type',
            'accept',
            'origin',
            'x-requested-with',
            'nango-activity-log-id',
            'nango-is-dry-run',
            'nango-is-sync',
            'provider-config-key',
            'connection-id',
            'sentry-trace',
            'baggage',
          ];
          equal(
            needed.filter((name) => !allowed.includes(name)),
            [],
            'headers not allowed',
          );
        }
      },
    },
    {
      name: 'every reply carries the CORS and security headers, errors too',
      async run({ api, anonymous }) {
        const origin = { origin: 'https://app.example' };
        for (const reply of [
          await api.get('/integrations', origin),
          await anonymous.get('/integrations', origin),
          await api.get('/integrations/no-such', origin),
          await anonymous.get('/health', origin),
        ]) {
          contains(reply.headers, { ...SECURITY, 'access-control-allow-origin': '*' }, `headers of a ${reply.status}`);
          const exposed = listOf(reply.headers['access-control-expose-headers']);
          const needed = [
            'authorization',
            'etag',
            'content-type',
            'content-length',
            'x-nango-signature',
            'x-ratelimit-limit',
            'x-ratelimit-remaining',
            'x-ratelimit-reset',
          ];
          equal(
            needed.filter((name) => !exposed.includes(name)),
            [],
            'headers not exposed',
          );
        }
      },
    },
    {
      name: 'a 200 has a weak entity tag, and the same content is not sent twice',
      async run({ api, seed }) {
        for (const path of [`/integrations/${seed.keys.none}`, '/environment-variables', '/health']) {
          const { etag } = (await api.get(path)).headers;
          contains({ etag }, { etag: is.matching(/^W\/".+"$/) }, path);
          const again = await api.get(path, { 'if-none-match': etag });
          equal([again.status, again.body.length], [304, 0], `${path} again`);
          equal((await api.get(path, { 'if-none-match': 'W/"other"' })).status, 200, `${path} with another tag`);
        }
      },
    },
    {
      name: 'replies are not compressed',
      async run({ api }) {
        const reply = await api.get('/providers', { 'accept-encoding': 'gzip, br' });
        equal(reply.headers['content-encoding'], undefined, 'content-encoding');
      },
    },
  ],
};
