// Who may do what.

import { randomUUID } from 'node:crypto';
import { equal } from '../lib/expect.mjs';
import { apiOf } from '../lib/http.mjs';
import { classic, json, modern } from '../lib/replies.mjs';

const PROTECTED = [
  ['GET', '/providers'],
  ['GET', '/providers/sim-none'],
  ['GET', '/integrations'],
  ['POST', '/integrations'],
  ['GET', '/integrations/x'],
  ['PATCH', '/integrations/x'],
  ['DELETE', '/integrations/x'],
  ['GET', '/config'],
  ['GET', '/config/x'],
  ['POST', '/config'],
  ['PUT', '/config'],
  ['DELETE', '/config/x'],
  ['GET', '/connections'],
  ['POST', '/connections'],
  ['GET', '/connections/x'],
  ['PATCH', '/connections/x'],
  ['DELETE', '/connections/x'],
  ['POST', '/connections/metadata'],
  ['PATCH', '/connections/metadata'],
  ['GET', '/connection'],
  ['POST', '/connection'],
  ['GET', '/connection/x'],
  ['DELETE', '/connection/x'],
  ['POST', '/connection/metadata'],
  ['PATCH', '/connection/metadata'],
  ['POST', '/connection/x/metadata'],
  ['PATCH', '/connection/x/metadata'],
  ['GET', '/environment-variables'],
  ['GET', '/scripts/config'],
  ['POST', '/sync/deploy'],
  ['POST', '/sync/deploy/confirmation'],
  ['GET', '/integrations/x/functions'],
  ['GET', '/integrations/x/functions/y'],
  ['DELETE', '/integrations/x/functions/y'],
  ['GET', '/integrations/x/functions/y/code'],
  ['GET', '/integrations/x/functions/y/versions'],
  ['POST', '/integrations/x/functions/y/rollback'],
  ['GET', '/proxy/x'],
  ['POST', '/proxy/x'],
  ['DELETE', '/proxy/x'],
  ['POST', '/connect/sessions'],
  ['POST', '/connect/sessions/reconnect'],
  ['GET', '/connect/session'],
  ['DELETE', '/connect/session'],
  ['POST', '/environments'],
  ['DELETE', '/environments/1'],
  ['POST', '/environment/api-keys'],
  ['POST', '/environment/webhook-signing-key/rotate'],
];

export default {
  resource: 'authorization',
  scenarios: [
    {
      name: 'every route of this stage refuses a request without a key',
      async run({ anonymous }) {
        for (const [method, path] of PROTECTED) {
          const reply = await anonymous.send({ method, path });
          equal(reply.status, 401, `${method} ${path} (${reply.text.slice(0, 200)})`);
          classic(reply, 401, 'missing_auth_header', {});
        }
      },
    },
    {
      name: 'each fault of the header has its code',
      async run({ anonymous, target }) {
        const read = (authorization) => anonymous.get('/integrations', { authorization });
        classic(await read('Bearer not-a-key'), 401, 'invalid_secret_key_format', {});
        classic(await read('Bearer'), 401, 'invalid_secret_key_format', {});
        classic(await read(`bearer ${target.secretKey}`), 401, 'invalid_secret_key_format', {});
        classic(await read(`Bearer ${randomUUID()}`), 401, 'unknown_account', {});
        equal((await read(target.secretKey)).status, 200, 'the key alone');
        equal((await read(`Bearer ${target.secretKey.toUpperCase()}`)).status, 200, 'the key in capitals');
      },
    },
    {
      name: 'a malformed session token is not taken for a key',
      async run({ target }) {
        const read = (token) => apiOf(target.url, token).get('/integrations');
        classic(await read('nango_connect_session_short'), 401, 'invalid_connect_session_token_format');
        classic(await read(`nango_connect_session_${'0'.repeat(64)}`), 401, 'unknown_connect_session_token');
      },
    },
    {
      name: 'a key of an environment may not act on the account',
      async run({ api }) {
        modern(await api.post('/environments', { name: 'raw-more' }), 403, 'forbidden');
        modern(await api.delete('/environments/1'), 403, 'forbidden');
        modern(await api.post('/environment/api-keys', { environment_id: 1, display_name: 'more' }), 403, 'forbidden');
      },
    },
    {
      name: 'a key of another environment sees nothing of this one',
      async run({ api, prod, seed }) {
        equal(json(await prod.get('/integrations'), 200), { data: [] }, 'integrations');
        equal(json(await prod.get('/connections'), 200), { connections: [] }, 'connections');
        modern(await prod.get(`/integrations/${seed.keys.none}`), 404, 'not_found');
        modern(await prod.delete(`/integrations/${seed.keys.none}`), 404, 'not_found');
        equal((await api.get(`/integrations/${seed.keys.none}`)).status, 200, 'still there');
      },
    },
  ],
};
