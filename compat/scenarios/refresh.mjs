// Refresh: expired tokens, forced refresh, failures. Each scenario has its own connection with a grant the
// simulated provider knows.

import { contains, equal, is, rejects } from '../lib/expect.mjs';
import { OAUTH_APP, createConnection, createIntegration, inHours } from '../lib/seed.mjs';

/** A connection with a live grant whose access token expires in `hours`; gives its names and the grant. */
async function connect({ api, simulator, seed, name }, topic, hours) {
  const grant = await simulator.mint();
  const id = await createConnection(api, {
    provider_config_key: seed.keys.oauth2,
    connection_id: name(topic),
    credentials: {
      type: 'OAUTH2',
      access_token: grant.access_token,
      refresh_token: grant.refresh_token,
      expires_at: inHours(hours),
    },
  });
  return { key: seed.keys.oauth2, id, grant };
}

export default {
  resource: 'refresh',
  scenarios: [
    {
      name: 'an expired token is replaced on reading, once',
      covers: ['getConnection'],
      async run(t) {
        const { key, id, grant } = await connect(t, 'expired', -1);
        const { credentials } = await t.nango.getConnection(key, id, false, true);
        contains(credentials, {
          type: 'OAUTH2',
          access_token: is.textOtherThan(grant.access_token),
          refresh_token: is.textOtherThan(grant.refresh_token),
          expires_at: is.isoZ,
          raw: { access_token: credentials.access_token },
        });
        equal(new Date(credentials.expires_at) > new Date(), true, 'the new token lies in the future');
        equal(await t.nango.getToken(key, id), credentials.access_token, 'the next read');
      },
    },
    {
      name: 'a token about to end within fifteen minutes is replaced, one with more time is kept',
      covers: ['getToken'],
      async run(t) {
        const soon = await connect(t, 'soon', 0.2);
        const replaced = await t.nango.getToken(soon.key, soon.id);
        contains(replaced, is.textOtherThan(soon.grant.access_token), 'token with 12 minutes left');
        const fresh = await connect(t, 'fresh', 0.4);
        equal(await t.nango.getToken(fresh.key, fresh.id), fresh.grant.access_token, 'token with 24 minutes left');
      },
    },
    {
      name: 'a forced refresh replaces a fresh token each time',
      covers: ['getToken', 'getConnection', 'getRawTokenResponse'],
      async run(t) {
        const { key, id, grant } = await connect(t, 'forced', 24);
        const first = await t.nango.getToken(key, id, true);
        const second = (await t.nango.getConnection(key, id, true)).credentials.access_token;
        const third = (await t.nango.getRawTokenResponse(key, id, true)).access_token;
        for (const token of [first, second, third]) contains(token, is.text, 'token');
        equal(new Set([grant.access_token, first, second, third]).size, 4, 'different tokens');
        equal(await t.nango.getToken(key, id), third, 'without force');
      },
    },
    {
      name: 'readers of one expired token at once share a refresh',
      covers: ['getToken'],
      async run(t) {
        const { key, id, grant } = await connect(t, 'shared', -1);
        const tokens = await Promise.all(Array.from({ length: 20 }, () => t.nango.getToken(key, id)));
        equal(new Set(tokens).size, 1, 'different tokens');
        contains(tokens[0], is.textOtherThan(grant.access_token), 'the token');
        const refreshes = (await t.simulator.allSeen('/oauth/token')).filter(({ body }) =>
          body.toString().includes(encodeURIComponent(grant.refresh_token)),
        );
        equal(refreshes.length, 1, 'token requests with this refresh token');
      },
    },
    {
      name: 'the proxy uses the new token',
      covers: ['get'],
      async run(t) {
        const { key, id, grant } = await connect(t, 'proxied', -1);
        const path = `/echo/${t.version}/refreshed`;
        await t.nango.get({ endpoint: path, providerConfigKey: key, connectionId: id });
        const { headers } = await t.simulator.seen(`/api${path}`);
        const token = await t.nango.getToken(key, id);
        equal(headers.authorization, `Bearer ${token}`, 'authorization');
        contains(token, is.textOtherThan(grant.access_token), 'the token');
      },
    },
    {
      name: 'client credentials are exchanged anew when they expire',
      covers: ['getConnection'],
      async run({ nango, api, seed, name }) {
        const id = await createConnection(api, {
          provider_config_key: seed.keys.cc,
          connection_id: name('cc-expired'),
          credentials: { type: 'OAUTH2_CC', token: 'stale', ...OAUTH_APP, expires_at: inHours(-1) },
        });
        const { credentials } = await nango.getConnection(seed.keys.cc, id);
        contains(credentials, {
          type: 'OAUTH2_CC',
          token: is.textOtherThan('stale'),
          expires_at: is.isoZ,
          client_id: OAUTH_APP.client_id,
        });
      },
    },
    {
      name: 'a provider that refuses gives an error code with the connection, without credentials',
      covers: ['getConnection', 'get'],
      async run({ nango, api, name }) {
        const key = name('broken');
        await createIntegration(api, {
          provider: 'sim-oauth2-broken',
          unique_key: key,
          credentials: { type: 'OAUTH2', ...OAUTH_APP },
        });
        const id = await createConnection(api, {
          provider_config_key: key,
          connection_id: name('broken-1'),
          credentials: { type: 'OAUTH2', access_token: 'a', refresh_token: 'r', expires_at: inHours(-1) },
        });
        const refused = {
          error: {
            code: 'invalid_credentials',
            message: is.text,
            payload: { connection: { connection_id: id, provider_config_key: key, credentials: {} } },
          },
        };
        await rejects(nango.getConnection(key, id), 400, refused);
        // Within thirty seconds of a failure the provider is not asked again.
        await rejects(nango.getConnection(key, id), 424, { error: { code: 'invalid_credentials' } });
        await rejects(nango.getConnection(key, id, true), 400, refused);
        await rejects(nango.get({ endpoint: '/status/200', providerConfigKey: key, connectionId: id }), 424, {
          error: { code: 'connection_refresh_backoff' },
        });
        const { connections } = await nango.listConnections(id);
        contains(connections, [{ errors: [{ type: 'auth', log_id: is.string }] }]);
      },
    },
  ],
};
