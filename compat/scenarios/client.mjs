// The client object: what its options put on the wire, and what it refuses before any request.

import { contains, equal, throwsLocally } from '../lib/expect.mjs';

export default {
  resource: 'client',
  scenarios: [
    {
      name: 'a trailing slash of the host is dropped',
      covers: ['listIntegrations'],
      async run({ clientOf, target }) {
        const nango = clientOf({ host: `${target.url}/` });
        equal(nango.serverUrl, target.url, 'serverUrl');
        contains(await nango.listIntegrations(), { configs: Array.isArray });
      },
    },
    {
      name: 'a missing key and a bad host are refused before any request',
      async run({ Nango, target }) {
        await throwsLocally(() => new Nango({ host: target.url }), /secret key|api key/i);
        await throwsLocally(() => new Nango({ host: 'no url', secretKey: target.secretKey }), /url|host/i);
      },
    },
    {
      name: 'apiKey works in place of secretKey, and both together are refused',
      covers: ['listIntegrations'],
      since: '0.70.7',
      async run({ clientOf, target, Nango }) {
        const { secretKey } = target;
        const nango = clientOf({ secretKey: undefined, apiKey: secretKey });
        contains(await nango.listIntegrations(), { configs: Array.isArray });
        await throwsLocally(
          () => new Nango({ host: target.url, secretKey, apiKey: secretKey }),
          /both|either|only one/i,
        );
      },
    },
    {
      name: 'the internal flags are accepted on a connection read and on a proxy call',
      covers: ['getConnection', 'get'],
      async run({ clientOf, seed }) {
        const nango = clientOf({ isSync: true, dryRun: true, activityLogId: 'log-1' });
        const connection = await nango.getConnection(seed.keys.none, seed.connections.none);
        equal(connection.connection_id, seed.connections.none, 'connection_id');
        const reply = await nango.get({
          endpoint: '/status/200',
          providerConfigKey: seed.keys.none,
          connectionId: seed.connections.none,
        });
        equal(reply.status, 200, 'status');
      },
    },
    {
      name: 'the default connection of the client serves the proxy',
      covers: ['get'],
      async run({ clientOf, seed, simulator, version }) {
        const nango = clientOf({ providerConfigKey: seed.keys.apiKey, connectionId: seed.connections.apiKey });
        await nango.get({ endpoint: `/echo/${version}/default` });
        const { headers } = await simulator.seen(`/api/echo/${version}/default`);
        equal(headers['x-api-key'], 'key-seed', 'injected key');
      },
    },
    {
      name: 'an extra user agent is accepted',
      covers: ['listIntegrations'],
      since: '0.39.29',
      async run({ clientOf }) {
        contains(await clientOf({}, { userAgent: 'compat/1.0' }).listIntegrations(), { configs: Array.isArray });
      },
    },
    {
      name: 'a response interceptor sees the reply',
      covers: ['listIntegrations'],
      since: '0.42.13',
      async run({ clientOf }) {
        const seen = [];
        const onFulfilled = (response) => {
          seen.push(response.status);
          return response;
        };
        await clientOf({}, { interceptors: { response: { onFulfilled } } }).listIntegrations();
        equal(seen, [200], 'statuses seen');
      },
    },
  ],
};
