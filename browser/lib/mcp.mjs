// An MCP server's protected resource: it says where its tokens come from (RFC 9728) and checks every one it gets.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Starts it in front of an authorization server that `useIssuer` names later. */
export async function startMcp() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${server.address().port}/mcp`;
  let issuer;
  let keys;
  const useIssuer = (named) => {
    issuer = named;
    keys = createRemoteJWKSet(new URL('/jwks', issuer));
  };
  server.on('request', async (request, response) => {
    const answer = (status, body) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/oauth-protected-resource/mcp') {
      return answer(200, { resource: url, authorization_servers: [issuer], scopes_supported: ['tools', 'offline_access'] });
    }
    if (request.url !== '/mcp/who') return answer(404, {});
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience: url });
      return answer(200, { as: payload.sub, scope: payload.scope });
    } catch (error) {
      return answer(401, { error: error.message });
    }
  });
  return { url, useIssuer, stop: () => server.close() };
}
