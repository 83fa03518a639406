// An OAuth 1 server (RFC 5849) that computes every signature with a library of its own and compares.

import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import OAuth from 'oauth-1.0a';

export const OAUTH1_CLIENT = { client_id: 'consumer&key', client_secret: 'consumer/secret=' };

const signer = new OAuth({
  consumer: { key: OAUTH1_CLIENT.client_id, secret: OAUTH1_CLIENT.client_secret },
  signature_method: 'HMAC-SHA1',
  hash_function: (base, key) => createHmac('sha1', key).update(base).digest('base64'),
});

export async function startOauth1() {
  const temporary = new Map();
  const granted = new Map();
  const nonces = new Set();
  const server = createServer((request, response) => {
    const url = new URL(request.url, base);
    const answer = (status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
    const form = (fields) => answer(200, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString());
    const signed = (secrets) => verified(request.method, url, request.headers.authorization, secrets, nonces);
    switch (url.pathname) {
      case '/request_token': {
        const oauth = signed(() => '');
        if (!oauth?.oauth_callback) return answer(401, 'text/plain', 'bad signature');
        const token = randomUUID();
        temporary.set(token, { secret: randomUUID(), callback: oauth.oauth_callback, verifier: randomUUID() });
        return form({
          oauth_token: token,
          oauth_token_secret: temporary.get(token).secret,
          oauth_callback_confirmed: 'true',
        });
      }
      case '/authorize': {
        const token = url.searchParams.get('oauth_token');
        const known = temporary.get(token);
        if (!known) return answer(400, 'text/plain', 'unknown token');
        const back = new URL(known.callback);
        back.searchParams.set('oauth_token', token);
        back.searchParams.set('oauth_verifier', known.verifier);
        const link = back.toString().replaceAll('&', '&amp;');
        return answer(200, 'text/html', `<!doctype html><title>OAuth 1</title><a id="approve" href="${link}">Approve</a>`);
      }
      case '/access_token': {
        const oauth = signed((token) => temporary.get(token)?.secret);
        const known = oauth && temporary.get(oauth.oauth_token);
        if (!known || known.verifier !== oauth.oauth_verifier) return answer(401, 'text/plain', 'bad verifier');
        temporary.delete(oauth.oauth_token);
        const token = `granted ${randomUUID()}`;
        granted.set(token, `secret/${randomUUID()}+=`);
        return form({ oauth_token: token, oauth_token_secret: granted.get(token), user_id: '7' });
      }
      default: {
        const oauth = signed((token) => granted.get(token));
        const body = JSON.stringify(oauth ? { as: oauth.oauth_token, path: url.pathname } : { error: 'bad signature' });
        return answer(oauth ? 200 : 401, 'application/json', body);
      }
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://localhost:${server.address().port}`;
  return { url: base, stop: () => server.close() };
}

/** The protocol parameters of a request whose signature is right and whose nonce is new; else nothing. */
function verified(method, url, header, secretOf, nonces) {
  if (!header?.startsWith('OAuth ')) return undefined;
  const pairs = [...header.slice('OAuth '.length).matchAll(/(\w+)="([^"]*)"/g)];
  const { oauth_signature: signature, ...oauth } = Object.fromEntries(
    pairs.map(([, name, value]) => [name, decodeURIComponent(value)]),
  );
  const secret = secretOf(oauth.oauth_token);
  if (secret === undefined || nonces.has(oauth.oauth_nonce)) return undefined;
  nonces.add(oauth.oauth_nonce);
  const address = `${url.origin}${url.pathname}`;
  const data = Object.fromEntries(url.searchParams);
  return signer.getSignature({ url: address, method, data }, secret, oauth) === signature ? oauth : undefined;
}
