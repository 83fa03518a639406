// Rate-limit headers of each counted reply, and what is not counted.

import { contains, equal, is, keys } from '../lib/expect.mjs';
import { LOW_RATE_LIMIT } from '../lib/bowline.mjs';
import { apiOf } from '../lib/http.mjs';

export default {
  resource: 'rate limit',
  scenarios: [
    {
      name: 'refused keys, types and syntax are not counted; the rest is, until the limit',
      async run({ limited, target }) {
        const anonymous = apiOf(target.limited.url);
        for (let call = 0; call <= LOW_RATE_LIMIT; call += 1)
          equal((await anonymous.get('/integrations')).status, 401, 'without a key');
        equal(
          (
            await limited.send({
              method: 'POST',
              path: '/integrations',
              headers: { 'content-type': 'text/plain' },
              body: 'x',
            })
          ).status,
          415,
          'type',
        );

        for (let call = 1; call <= LOW_RATE_LIMIT; call += 1) {
          const reply = await limited.get(call === 2 ? '/integrations/no-such' : '/integrations');
          equal(reply.status, call === 2 ? 404 : 200, `status of call ${call}`);
          contains(
            reply.headers,
            {
              'x-ratelimit-limit': String(LOW_RATE_LIMIT),
              'x-ratelimit-remaining': String(LOW_RATE_LIMIT - call),
              'x-ratelimit-reset': is.matching(/^\d{10}$/),
              'retry-after': is.absent,
            },
            `call ${call}`,
          );
        }
        const refused = await limited.get('/connections?limit=1');
        equal(refused.status, 429, 'status over the limit');
        contains(refused.headers, { 'x-ratelimit-remaining': '0', 'retry-after': is.matching(/^[1-9]\d*$/) });
        keys(refused.json().error, ['code', 'method', 'path'], [], 'error');
        equal(refused.json(), { error: { code: 'too_many_request', method: 'GET', path: '/connections' } }, 'body');
      },
    },
  ],
};
