#!/usr/bin/env node
// Records what the official client sends: every call of calls.mjs against a server that keeps the request.
// Prints one JSON document; crates/sdk/tests/wire compares the Rust client's requests with it.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { loadClient, watch } from '../lib/client.mjs';
import { CALLS } from './calls.mjs';

const SECRET_KEY = '11111111-1111-4111-8111-111111111111';

// Has what any method looks for in an answer.
const ANSWER = JSON.stringify({
  data: [],
  configs: [],
  connections: [{ connection_id: 'user-1', provider_config_key: 'github-dev' }],
  credentials: { type: 'OAUTH2', access_token: 't', raw: {} },
  metadata: {},
});

const seen = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  const [path, query = ''] = request.url.split(/\?(.*)/s);
  seen.push({ method: request.method, path, query, headers: request.headers, body });
  response.setHeader('content-type', 'application/json').end(ANSWER);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const host = `http://127.0.0.1:${server.address().port}`;

// Methods that send nothing: they check a signature, or only throw.
const SILENT = ['verifyWebhookSignature', 'verifyIncomingWebhookRequest', 'importConnection', 'createConnection'];
// Sends its headers as the body, and no key: no server understands it.
const BROKEN = { '0.39.33': ['updateSyncConnectionFrequency'] };

const cases = [];
const unused = new Map();
for (const { id, sdk, call, run } of CALLS) {
  const { Nango, publicMethods } = await loadClient(sdk);
  const excused = [...SILENT, ...(BROKEN[sdk] ?? [])];
  if (!unused.has(sdk)) unused.set(sdk, new Set(publicMethods.filter((method) => !excused.includes(method))));
  seen.length = 0;
  const called = new Set();
  await run(watch(new Nango({ host, secretKey: SECRET_KEY }), called));
  for (const method of called) unused.get(sdk).delete(method);
  if (seen.length !== 1) throw new Error(`${id} sent ${seen.length} requests, not one`);
  cases.push({ id, sdk, call, request: seen[0] });
}
for (const [sdk, methods] of unused) {
  if (methods.size > 0) throw new Error(`calls.mjs has no call of ${[...methods].join(', ')} of ${sdk}`);
}
server.close();
server.closeAllConnections();
console.log(JSON.stringify({ cases }, null, 1));
