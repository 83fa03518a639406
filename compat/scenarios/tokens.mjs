// Tokens and raw token responses, per kind of credential.

import { contains, equal, is, rejects } from '../lib/expect.mjs';

/** kind → what getToken gives */
const TOKENS = {
  oauth2: 'at-seed',
  oauth1: { oAuthToken: 'o1-token', oAuthTokenSecret: 'o1-secret' },
  cc: { type: 'OAUTH2_CC', token: 'cc-token' },
  apiKey: { type: 'API_KEY', apiKey: 'key-seed' },
  basic: { type: 'BASIC', username: 'ada', password: 'pässword' },
  none: {},
};

export default {
  resource: 'tokens',
  scenarios: [
    ...Object.entries(TOKENS).map(([kind, token]) => ({
      name: `the token of a connection of kind ${kind}`,
      covers: ['getToken'],
      async run({ nango, seed }) {
        contains(await nango.getToken(seed.keys[kind], seed.connections[kind]), token);
      },
    })),
    {
      name: 'the raw token response is what was stored, without the refresh token',
      covers: ['getRawTokenResponse'],
      async run({ nango, seed }) {
        const raw = await nango.getRawTokenResponse(seed.keys.oauth2, seed.connections.oauth2);
        contains(raw, { type: 'OAUTH2', access_token: 'at-seed', expires_at: is.text, refresh_token: is.absent });
      },
    },
    {
      name: 'an unknown connection has no token',
      covers: ['getToken', 'getRawTokenResponse'],
      async run({ nango, seed }) {
        const notFound = { error: { code: 'not_found' } };
        await rejects(nango.getToken(seed.keys.oauth2, 'no-such'), 404, notFound);
        await rejects(nango.getRawTokenResponse(seed.keys.oauth2, 'no-such'), 404, notFound);
      },
    },
    {
      name: 'the GitHub app flag is accepted for tokens',
      covers: ['getToken/b', 'getRawTokenResponse/b'],
      since: '0.67.0',
      async run({ nango, seed }) {
        equal(await nango.getToken(seed.keys.oauth2, seed.connections.oauth2, false, true), 'at-seed', 'token');
        contains(await nango.getRawTokenResponse(seed.keys.oauth2, seed.connections.oauth2, false, true), {
          access_token: 'at-seed',
        });
      },
    },
  ],
};
