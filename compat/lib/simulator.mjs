// The simulated provider as scenarios see it: what arrived there, and the grants it knows.

import { Buffer } from 'node:buffer';
import { equal, fail } from './expect.mjs';
import { apiOf } from './http.mjs';

export const SIM_CLIENT = { client_id: 'sim-client', client_secret: 'sim-secret' };

export function simulatorAt(url) {
  const http = apiOf(url);
  const requests = async () => (await http.get('/_sim/requests')).json();

  /** All requests to a path, oldest first; with `query`, only those whose query contains it. */
  async function allSeen(path, query = '') {
    const all = await requests();
    const list = Array.isArray(all) ? all : all.requests;
    return list.filter((request) => request.path === path && request.query.includes(query)).map(readable);
  }

  /** The one request to a path nobody else uses. */
  async function seen(path) {
    const found = await allSeen(path);
    if (found.length !== 1) fail(`the provider saw ${found.length} requests to ${path}, not one`);
    return found[0];
  }

  /** A grant as if a user had just approved it: `{ access_token, refresh_token, … }`. */
  async function mint(grant = {}) {
    const reply = await http.post('/_sim/grants', grant);
    equal(
      reply.status >= 200 && reply.status < 300,
      true,
      `POST /_sim/grants answered ${reply.status} ${reply.text}; success`,
    );
    return reply.json();
  }

  const configure = async (patch) => {
    const reply = await http.post('/_sim/config', patch);
    equal(reply.status, 200, `POST /_sim/config answered ${reply.text}; status`);
  };

  return { url, http, allSeen, seen, mint, configure };
}

function readable({ method, path, query, headers, body_base64 }) {
  const byName = {};
  for (const [name, value] of headers) byName[name.toLowerCase()] = value;
  return { method, path, query, headers: byName, body: Buffer.from(body_base64, 'base64') };
}
