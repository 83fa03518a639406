// Retries by the server: how many, on which status, and that the wait the provider asks for is kept.

import { equal, rejects } from '../lib/expect.mjs';
import { connectionOf } from '../lib/proxying.mjs';

const WAIT = 'style=retry-after&after=1';

/** Attempts the provider saw for a key. */
const attempts = async ({ simulator }, path, key) => (await simulator.allSeen(path, `key=${key}`)).length;

export default {
  resource: 'proxy (retries)',
  scenarios: [
    {
      name: 'without retries a 429 comes back at once, with its Retry-After',
      covers: ['get'],
      async run(t) {
        const key = t.name('no-retry');
        const endpoint = `/rate-limited?${WAIT}&times=5&key=${key}`;
        const reply = await rejects(t.nango.get({ endpoint, ...connectionOf(t.seed, 'none') }), 429);
        equal(reply.headers['retry-after'], '1', 'retry-after');
        equal(await attempts(t, '/api/rate-limited', key), 1, 'attempts');
      },
    },
    {
      name: 'a limited call is repeated after the wait asked for, until it succeeds',
      covers: ['get'],
      async run(t) {
        const key = t.name('retry');
        const begun = Date.now();
        const endpoint = `/rate-limited?${WAIT}&times=2&key=${key}`;
        const reply = await t.nango.get({ endpoint, ...connectionOf(t.seed, 'none'), retries: 3 });
        equal(reply.status, 200, 'status');
        equal(await attempts(t, '/api/rate-limited', key), 3, 'attempts');
        equal(Date.now() - begun >= 1_900, true, 'waited at least two seconds');
      },
    },
    {
      name: 'when the attempts are used up the last reply comes back',
      covers: ['get'],
      async run(t) {
        const key = t.name('exhausted');
        const endpoint = `/rate-limited?${WAIT}&times=9&key=${key}`;
        await rejects(t.nango.get({ endpoint, ...connectionOf(t.seed, 'none'), retries: 1 }), 429);
        equal(await attempts(t, '/api/rate-limited', key), 2, 'attempts');
      },
    },
    {
      name: 'a status outside the rule is not repeated',
      covers: ['get'],
      async run(t) {
        const key = t.name('not-listed');
        const endpoint = `/flaky?status=418&times=1&key=${key}`;
        await rejects(t.nango.get({ endpoint, ...connectionOf(t.seed, 'none'), retries: 2 }), 418);
        equal(await attempts(t, '/api/flaky', key), 1, 'attempts');
      },
    },
    {
      name: 'a status listed by the caller is repeated, with its body',
      covers: ['post/c'],
      since: '0.38.0',
      async run(t) {
        const key = t.name('listed');
        const endpoint = `/flaky?status=418&times=1&key=${key}`;
        const reply = await t.nango.post({
          endpoint,
          ...connectionOf(t.seed, 'none'),
          retries: 2,
          retryOn: [418, 419],
          data: { again: true },
        });
        equal(reply.status, 200, 'status');
        const seen = await t.simulator.allSeen('/api/flaky', `key=${key}`);
        equal(
          seen.map(({ body }) => body.toString()),
          ['{"again":true}', '{"again":true}'],
          'bodies',
        );
      },
    },
    {
      name: 'a reset connection is repeated',
      covers: ['get'],
      async run(t) {
        const key = t.name('reset');
        const reply = await t.nango.get({
          endpoint: `/reset?times=1&key=${key}`,
          ...connectionOf(t.seed, 'none'),
          retries: 1,
        });
        equal(reply.status, 200, 'status');
        equal(await attempts(t, '/api/reset', key), 2, 'attempts');
      },
    },
  ],
};
