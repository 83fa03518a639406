import { contains, throwsLocally } from '../lib/expect.mjs';
import { createConnection } from '../lib/seed.mjs';

const connect = ({ api, seed, name }, userId) =>
  createConnection(api, {
    provider_config_key: seed.keys.none,
    connection_id: name(`of-${userId}`),
    credentials: { type: 'NONE' },
    end_user: { id: userId },
  });

export default {
  resource: 'waitForConnection',
  scenarios: [
    {
      name: 'an existing connection of the user is given at once',
      covers: ['waitForConnection'],
      since: '0.69.8',
      async run(t) {
        const userId = t.name('waiting-user');
        const id = await connect(t, userId);
        contains(await t.nango.waitForConnection(t.seed.keys.none, userId), {
          connection_id: id,
          provider_config_key: t.seed.keys.none,
          end_user: { id: userId },
        });
      },
    },
    {
      name: 'a connection made while waiting is found',
      covers: ['waitForConnection'],
      since: '0.69.8',
      async run(t) {
        const userId = t.name('late-user');
        const waiting = t.nango.waitForConnection(t.seed.keys.none, userId);
        const id = await connect(t, userId);
        contains(await waiting, { connection_id: id });
      },
    },
    {
      name: 'waiting can be aborted',
      covers: ['waitForConnection'],
      since: '0.69.8',
      async run(t) {
        const signal = AbortSignal.timeout(200);
        await throwsLocally(() => t.nango.waitForConnection(t.seed.keys.none, t.name('nobody'), { signal }), /abort/i);
      },
    },
  ],
};
