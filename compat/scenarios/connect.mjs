// Connect sessions: what the backend opens and hands to its page.

import { contains, equal, rejects } from '../lib/expect.mjs';
import { createConnection } from '../lib/seed.mjs';

const TOKEN = /^nango_connect_session_[0-9a-f]{64}$/;

async function sessionOf(target, token) {
  const reply = await fetch(`${target.url}/connect/session`, { headers: { authorization: `Bearer ${token}` } });
  equal(reply.status, 200, 'status');
  return (await reply.json()).data;
}

export default {
  resource: 'connect',
  scenarios: [
    {
      name: 'a session has a token and an end, and shows its end user',
      covers: ['createConnectSession'],
      since: '0.42.14',
      async run({ nango, seed, target }) {
        const { data } = await nango.createConnectSession({
          end_user: { id: 'user-1', email: 'ada@example.com', display_name: 'Ada' },
          organization: { id: 'org-1' },
          allowed_integrations: [seed.keys.none],
        });
        contains(data, { token: (token) => TOKEN.test(token), expires_at: (at) => !Number.isNaN(Date.parse(at)) });
        const session = await sessionOf(target, data.token);
        contains(session, { endUser: { id: 'user-1', email: 'ada@example.com' }, websocketsPath: '/' });
        equal(session.allowed_integrations, [seed.keys.none], 'allowed_integrations');
      },
    },
    {
      name: 'an integration that does not exist is named in the refusal',
      covers: ['createConnectSession'],
      since: '0.42.14',
      async run({ nango }) {
        const opening = nango.createConnectSession({ end_user: { id: 'u' }, allowed_integrations: ['nope'] });
        await rejects(opening, 400, {
          error: {
            code: 'invalid_body',
            errors: [
              { code: 'custom', message: 'Integration does not exist', path: ['allowed_integrations', '0'] },
            ],
          },
        });
      },
    },
    {
      name: 'a reconnect session belongs to one connection',
      covers: ['createReconnectSession'],
      since: '0.47.0',
      async run({ api, nango, seed, name, target }) {
        const key = seed.keys.none;
        const id = await createConnection(api, {
          provider_config_key: key,
          connection_id: name('reconnect'),
          credentials: { type: 'NONE' },
        });
        const { data } = await nango.createReconnectSession({ connection_id: id, integration_id: key });
        const session = await sessionOf(target, data.token);
        equal(session.isReconnecting, true, 'isReconnecting');
        equal(session.allowed_integrations, [key], 'allowed_integrations');
      },
    },
  ],
};
