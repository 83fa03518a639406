// What of a proxied request reaches the provider: method, path, query, headers, credentials.

import { contains, equal, is, rejects, throwsLocally } from '../lib/expect.mjs';
import { connectionOf, probeOf } from '../lib/proxying.mjs';

const VERBS = [
  { method: 'get' },
  { method: 'post' },
  { method: 'put', since: '0.62.0' },
  { method: 'patch' },
  { method: 'delete' },
];

/** kind → the credential header the provider must see */
const CREDENTIALS = {
  oauth2: { authorization: 'Bearer at-seed' },
  oauth1: { authorization: is.matching(/^OAuth .*oauth_token="o1-token".*oauth_signature=/) },
  cc: { authorization: 'Bearer cc-token' },
  apiKey: { 'x-api-key': 'key-seed', authorization: is.absent },
  basic: { authorization: `Basic ${Buffer.from('ada:pässword').toString('base64')}` },
  none: { authorization: is.absent },
};

const configured = (methods, extra = {}) =>
  methods.map((method) => ({
    name: `proxy({ method: ${method} }) reaches the provider`,
    covers: ['proxy'],
    ...extra,
    async run(t) {
      const probe = probeOf(t, `config-${method}`);
      equal((await t.nango.proxy({ ...probe.config, method })).status, 200, 'status');
      equal((await probe.arrived()).method, method.toUpperCase(), 'method');
    },
  }));

export default {
  resource: 'proxy (requests)',
  scenarios: [
    ...VERBS.map(({ method, since }) => ({
      name: `${method}() reaches the provider`,
      covers: [method],
      since,
      async run(t) {
        const probe = probeOf(t, `verb-${method}`);
        equal((await t.nango[method](probe.config)).status, 200, 'status');
        equal((await probe.arrived()).method, method.toUpperCase(), 'method');
      },
    })),
    ...configured(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'put']),
    ...configured(['PROPFIND', 'REPORT'], { since: '0.71.10' }),
    {
      name: 'without a method it is a GET, with or without a leading slash',
      covers: ['proxy'],
      async run(t) {
        const probe = probeOf(t, 'no-slash');
        await t.nango.proxy({ ...probe.config, endpoint: probe.endpoint.slice(1) });
        equal((await probe.arrived()).method, 'GET', 'method');
      },
    },
    ...Object.entries(CREDENTIALS).map(([kind, headers]) => ({
      name: `the credential of a connection of kind ${kind} is added`,
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, `auth-${kind}`, kind);
        await t.nango.get(probe.config);
        contains((await probe.arrived()).headers, headers, 'headers');
      },
    })),
    {
      name: 'own headers arrive, transport headers of the caller do not',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'headers', 'oauth2');
        await t.nango.get({ ...probe.config, headers: { 'X-Custom': 'val', Accept: 'text/csv' } });
        const { headers } = await probe.arrived();
        contains(headers, { 'x-custom': 'val', accept: 'text/csv', authorization: 'Bearer at-seed' });
        for (const name of [
          'provider-config-key',
          'connection-id',
          'retries',
          'base-url-override',
          'nango-activity-log-id',
        ]) {
          equal(headers[name], undefined, name);
        }
        equal(
          Object.keys(headers).filter((name) => name.startsWith('nango-')),
          [],
          'protocol headers at the provider',
        );
      },
    },
    {
      name: 'an own authorization header replaces the added one',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'own-authorization', 'oauth2');
        await t.nango.get({ ...probe.config, headers: { Authorization: 'Custom abc' } });
        equal((await probe.arrived()).headers.authorization, 'Custom abc', 'authorization');
      },
    },
    {
      name: 'parameters as an object, one value each',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'params');
        await t.nango.get({ ...probe.config, params: { q: 'a b&c', page: 2, empty: '' } });
        const query = new URLSearchParams((await probe.arrived()).query);
        equal(Object.fromEntries(query), { q: 'a b&c', page: '2', empty: '' }, 'query');
      },
    },
    {
      name: 'arrays in parameters arrive in brackets, byte for byte',
      covers: ['get/a'],
      before: '0.52.0',
      async run(t) {
        const probe = probeOf(t, 'params-array');
        await t.nango.get({ ...probe.config, params: { a: [1, 2], b: 'x y' } });
        const { query } = await probe.arrived();
        equal(query.replaceAll('%5B', '[').replaceAll('%5D', ']'), 'a[]=1&a[]=2&b=x+y', 'query');
      },
    },
    {
      name: 'a serializer of the caller is used',
      covers: ['get/a'],
      before: '0.52.0',
      async run(t) {
        const probe = probeOf(t, 'params-serializer');
        await t.nango.get({ ...probe.config, params: { a: '1' }, paramsSerializer: { serialize: () => 'own=1;2' } });
        equal((await probe.arrived()).query, 'own=1;2', 'query');
      },
    },
    {
      name: 'arrays in parameters are joined, and a string of parameters is appended',
      covers: ['get/f'],
      since: '0.52.0',
      async run(t) {
        const list = probeOf(t, 'params-array');
        await t.nango.get({ ...list.config, params: { a: [1, 2] } });
        equal(new URLSearchParams((await list.arrived()).query).get('a'), '1,2', 'a');
        const text = probeOf(t, 'params-text');
        await t.nango.get({ ...text.config, params: 'a=1&a=2&b=%20x' });
        equal(
          [...new URLSearchParams((await text.arrived()).query)],
          [
            ['a', '1'],
            ['a', '2'],
            ['b', ' x'],
          ],
          'query',
        );
        await throwsLocally(() => t.nango.get({ ...text.config, endpoint: '/echo/x?y=1', params: 'a=1' }), /./);
      },
    },
    {
      name: 'a query in the endpoint arrives byte for byte',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'raw-query');
        const query = 'filter%5Ba%5D=1&list=1,2&plus=a+b&pct=%2F&flag';
        await t.nango.get({ ...probe.config, endpoint: `${probe.endpoint}?${query}` });
        contains((await probe.arrived()).query, is.oneOf(query, query.replace('flag', 'flag=')));
      },
    },
    {
      name: 'an escaped path arrives escaped',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'a%20b%2Fc');
        await t.nango.get(probe.config);
        equal((await probe.arrived()).path, `/api${probe.endpoint}`, 'path');
      },
    },
    {
      name: 'the base URL can be overridden',
      covers: ['get'],
      async run(t) {
        const probe = probeOf(t, 'override', 'apiKey');
        await t.nango.get({
          ...probe.config,
          endpoint: `/${t.version}/elsewhere`,
          baseUrlOverride: `${t.target.simulator}/api/echo`,
        });
        const seen = await t.simulator.seen(`/api/echo/${t.version}/elsewhere`);
        equal(seen.headers['x-api-key'], 'key-seed', 'credential at the overridden base');
      },
    },
    {
      name: 'the key of a query provider travels in the query',
      covers: ['get'],
      async run(t) {
        const key = t.name('query-key');
        await t.api.post('/integrations', { provider: 'sim-api-key-query', unique_key: key });
        await t.api.post('/connections', {
          provider_config_key: key,
          connection_id: key,
          credentials: { type: 'API_KEY', apiKey: 'in the query' },
        });
        const probe = probeOf(t, 'query-key');
        await t.nango.get({
          endpoint: `${probe.endpoint}?api_key=mine&other=1`,
          providerConfigKey: key,
          connectionId: key,
        });
        const query = new URLSearchParams((await probe.arrived()).query);
        equal([query.getAll('api_key'), query.get('other')], [['in the query'], '1'], 'query');
      },
    },
    {
      name: 'missing arguments are refused before any request',
      covers: ['proxy'],
      async run({ nango, seed }) {
        const { providerConfigKey, connectionId } = connectionOf(seed, 'none');
        await throwsLocally(() => nango.proxy({ endpoint: '/x', connectionId }), /./);
        await throwsLocally(() => nango.proxy({ endpoint: '/x', providerConfigKey }), /./);
      },
    },
    {
      name: 'unknown integration, unknown connection and forbidden hosts are refused',
      covers: ['get'],
      async run({ nango, seed }) {
        const good = { endpoint: '/status/200', ...connectionOf(seed, 'none') };
        await rejects(nango.get({ ...good, providerConfigKey: 'no-such' }), 404, {
          error: { code: 'unknown_provider_config' },
        });
        await rejects(nango.get({ ...good, connectionId: 'no-such' }), 400, { error: { code: 'server_error' } });
        await rejects(nango.get({ ...good, baseUrlOverride: 'http://169.254.169.254/latest' }), 400, {
          error: { code: 'base_url_override_not_allowed' },
        });
      },
    },
  ],
};
