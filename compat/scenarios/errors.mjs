// Errors as the client hands them on: an AxiosError with status, code and the body of the server.

import { randomUUID } from 'node:crypto';
import { contains, equal, is, keys, rejects } from '../lib/expect.mjs';

export default {
  resource: 'errors',
  scenarios: [
    {
      name: 'a key that no environment has is refused',
      covers: ['listConnections', 'listIntegrations', 'getConnection', 'getEnvironmentVariables', 'get'],
      async run({ clientOf, seed }) {
        const nango = clientOf({ secretKey: randomUUID() });
        const refused = { error: { code: 'unknown_account', message: is.text, payload: {} } };
        const key = seed.keys.none;
        const id = seed.connections.none;
        await rejects(nango.listConnections(), 401, refused);
        await rejects(nango.listIntegrations(), 401, refused);
        await rejects(nango.getConnection(key, id), 401, refused);
        await rejects(nango.getEnvironmentVariables(), 401, refused);
        await rejects(nango.get({ endpoint: '/x', providerConfigKey: key, connectionId: id }), 401, refused);
      },
    },
    {
      name: 'a key in the wrong format is refused',
      covers: ['listConnections'],
      async run({ clientOf }) {
        await rejects(clientOf({ secretKey: 'not-a-key' }).listConnections(), 401, {
          error: { code: 'invalid_secret_key_format' },
        });
      },
    },
    {
      name: 'the rejection is an AxiosError with the code of its class',
      covers: ['getConnection'],
      async run({ nango, seed }) {
        const error = await nango.getConnection(seed.keys.none, 'no-such').catch((reason) => reason);
        contains(error, { isAxiosError: true, code: 'ERR_BAD_REQUEST', response: { status: 404 } });
        keys(error.response.data, ['error'], [], 'body');
        contains(error.response.data.error, { code: 'not_found' });
      },
    },
    {
      name: 'an unknown integration on a connection read is a bad request',
      covers: ['getConnection', 'getToken', 'getMetadata'],
      async run({ nango, seed }) {
        const refused = { error: { code: 'unknown_provider_config' } };
        await rejects(nango.getConnection('no-such', seed.connections.none), 400, refused);
        await rejects(nango.getToken('no-such', seed.connections.none), 400, refused);
        await rejects(nango.getMetadata('no-such', seed.connections.none), 400, refused);
      },
    },
    {
      name: 'a connection under another integration is not found',
      covers: ['getConnection'],
      async run({ nango, seed }) {
        await rejects(nango.getConnection(seed.keys.basic, seed.connections.none), 404, {
          error: { code: 'not_found' },
        });
      },
    },
    {
      name: 'metadata that is no object is refused at its path',
      covers: ['setMetadata'],
      since: '0.39.29',
      async run({ nango, seed }) {
        await rejects(nango.setMetadata(seed.keys.none, seed.connections.none, 'text'), 400, {
          error: { code: 'invalid_body', errors: [{ code: 'invalid_type', path: ['metadata'], message: is.text }] },
        });
      },
    },
    {
      name: 'a client that points nowhere fails without a response',
      covers: ['listConnections'],
      async run({ clientOf }) {
        const error = await clientOf({ host: 'http://127.0.0.1:1' })
          .listConnections()
          .catch((reason) => reason);
        equal([error.code, error.response], ['ECONNREFUSED', undefined], 'code and response');
      },
    },
  ],
};
