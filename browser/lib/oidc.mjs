// A certified authorization server (OpenID Connect, conformance-tested upstream): what it refuses, the RFCs refuse.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider, errors } from 'oidc-provider';

export const OIDC_CLIENT = { client_id: 'bowline', client_secret: 'a-secret-of-some-length' };
export const OIDC_MACHINE = { client_id: 'machine', client_secret: 'another-secret-of-some-length' };

/** Starts it for one redirect URI and one resource; it notes what it refused and
 * took back, and where windows were sent. */
export async function startOidc(redirectUri, resource) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${server.address().port}`;
  const provider = new Provider(url, {
    clients: [
      {
        ...OIDC_CLIENT,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        ...OIDC_MACHINE,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: ['openid', 'offline_access'],
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    features: {
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      registration: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, named) => {
          if (named !== resource) throw new errors.InvalidTarget();
          return { scope: 'tools', audience: resource, accessTokenFormat: 'jwt' };
        },
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  const problems = [];
  for (const event of ['grant.error', 'authorization.error', 'server_error']) {
    provider.on(event, (_, error) => problems.push(`${event}: ${error.message} ${error.error_description ?? ''}`));
  }
  const authorizations = [];
  const revoked = [];
  provider.on('refresh_token.destroyed', ({ accountId }) => revoked.push(accountId));
  server.on('request', (request) => {
    if (request.url.startsWith('/auth?')) authorizations.push(`${url}${request.url}`);
  });
  server.on('request', provider.callback());
  return { url, problems, authorizations, revoked, stop: () => server.close() };
}

/** What the user does on its development pages: any name and password, then consent. */
export async function approveAt(popup, name) {
  await popup.fill('input[name=login]', name);
  await popup.fill('input[name=password]', 'anything');
  await popup.click('button[type=submit]');
  await popup.getByRole('button', { name: 'Continue' }).click();
}
