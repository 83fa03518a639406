import { contains, equal, fail, is } from '../lib/expect.mjs';
import { LOW_RATE_LIMIT } from '../lib/bowline.mjs';

export default {
  resource: 'rate limit',
  scenarios: [
    {
      name: 'a call over the limit is refused with a Retry-After of at least one second',
      covers: ['listIntegrations'],
      async run({ clientOf, target }) {
        const nango = clientOf({ host: target.limited.url, secretKey: target.limited.secretKey });
        const refusal = await untilRefused(nango);
        equal(refusal.status, 429, 'status');
        const wait = refusal.headers['retry-after'];
        equal(
          /^\d+$/.test(wait) && Number(wait) >= 1 && Number(wait) <= 60,
          true,
          `retry-after ${wait} lies in 1 to 60`,
        );
        contains(refusal.headers, {
          'x-ratelimit-limit': String(LOW_RATE_LIMIT),
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': is.matching(/^\d{10}$/),
        });
        contains(refusal.data, {
          error: { code: 'too_many_request', method: 'GET', path: is.oneOf('/config', '/integrations') },
        });
      },
    },
  ],
};

/** Calls until a call is refused, which must happen within the limit of one window, or of the next one. */
async function untilRefused(nango) {
  for (let call = 0; call <= 2 * LOW_RATE_LIMIT; call += 1) {
    try {
      await nango.listIntegrations();
    } catch (error) {
      if (!error.response) throw error;
      return error.response;
    }
  }
  return fail(`${2 * LOW_RATE_LIMIT + 1} calls passed a limit of ${LOW_RATE_LIMIT}`);
}
