// Stands for every third-party API at once: answers from the recording of the action that is running, and remembers
// what was asked that no recording answers.

import { once } from 'node:events';
import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { answerTo, identityOf } from './fixture.mjs';

/** Headers that belong to the recorded connection, or that say how the recorded bytes were packed. */
const CONNECTION_HEADERS = new Set([
  ...['connection', 'content-encoding', 'content-length', 'keep-alive', 'proxy-authenticate', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Starts it; `replay(action)` says whose recording answers from now on, and gives what was asked since. */
export async function startUpstream() {
  let current;
  const server = http.createServer((request, response) => {
    reply(current, request, response).catch((error) => {
      current?.unknown.push(String(error));
      response.writeHead(404).end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return {
    baseUrl: (folder) => `${url}/${folder}`,
    replay(action) {
      current = { action, answered: 0, unknown: [] };
      return current;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function reply(current, request, response) {
  const body = await buffer(request);
  const base = `/${current.action.folder}`;
  if (!request.url.startsWith(base)) throw new Error(`${request.url} belongs to another action`);
  const identity = identityOf({
    method: request.method,
    path: request.url.slice(base.length),
    headers: request.headers,
    body,
  });
  const answer = answerTo(current.action, identity);
  if (!answer) throw new Error(`no recorded answer: ${JSON.stringify(identity)}`);
  current.answered += 1;
  const { type, text } = bodyOf(answer.response);
  response.writeHead(answer.status ?? 200, { 'content-type': type, ...headersOf(answer) });
  response.end(text);
}

function bodyOf(recorded) {
  if (typeof recorded === 'string') return { type: 'text/plain', text: recorded };
  return { type: 'application/json', text: recorded === undefined ? '' : JSON.stringify(recorded) };
}

function headersOf({ headers }) {
  const kept = Object.entries(headers ?? {}).filter(([name]) => !CONNECTION_HEADERS.has(name.toLowerCase()));
  // Recordings hold texts that were decoded once; only what can be a header value again is sent.
  return Object.fromEntries(
    kept
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), [value].flat().map(headerText)]),
  );
}

const headerText = (value) => String(value).replace(/[^\t\x20-\x7e]/g, '?');
