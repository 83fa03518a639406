// Plain HTTP without a client library: nothing is followed, decoded or added, so that what the server
// sends is what a scenario sees.

import http from 'node:http';

/** Sends one request and gives `{ status, headers, body, text, json() }`; `body` is raw bytes. */
export function send(base, { method = 'GET', path = '/', headers = {}, body } = {}) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(toReply(response, Buffer.concat(chunks))));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function toReply(response, body) {
  const text = body.toString('utf8');
  return { status: response.statusCode, headers: response.headers, body, text, json: () => JSON.parse(text) };
}

/** A sender bound to a server and a key: `api.get(path)`, `api.post(path, json)` … */
export function apiOf(base, key) {
  const auth = key ? { authorization: `Bearer ${key}` } : {};
  const plain =
    (method) =>
    (path, headers = {}) =>
      send(base, { method, path, headers: { ...auth, ...headers } });
  const withJson =
    (method) =>
    (path, value, headers = {}) => {
      const body = Buffer.from(JSON.stringify(value));
      const framing = { 'content-type': 'application/json', 'content-length': body.length };
      return send(base, { method, path, headers: { ...auth, ...framing, ...headers }, body });
    };
  return {
    base,
    get: plain('GET'),
    head: plain('HEAD'),
    delete: plain('DELETE'),
    post: withJson('POST'),
    put: withJson('PUT'),
    patch: withJson('PATCH'),
    deleteJson: withJson('DELETE'),
    send: (request) => send(base, { ...request, headers: { ...auth, ...request.headers } }),
  };
}
