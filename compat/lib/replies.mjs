// Checks of raw replies: status, JSON type, and the three error envelopes with their exact keys.

import { contains, equal, fail, is, keys } from './expect.mjs';

/** The reply has this status and a JSON body that contains `pattern`; gives the body. */
export function json(reply, status, pattern = {}) {
  equal(reply.status, status, `status (body ${reply.text.slice(0, 300)})`);
  contains(reply.headers, { 'content-type': is.matching(/^application\/json/) }, 'headers');
  const body = reply.json();
  contains(body, pattern, 'body');
  return body;
}

/** Envelope A: message, code and a payload that is always there. */
export function classic(reply, status, code, payload) {
  const { error, ...rest } = json(reply, status, { error: { code } });
  keys(rest, [], [], 'body beside error');
  keys(error, ['message', 'code', 'payload'], ['additional_properties'], 'error');
  contains(error, { message: is.string });
  if (payload !== undefined) contains(error.payload, payload, 'payload');
}

/** Envelope B: code, and at most message, errors and payload. */
export function modern(reply, status, code) {
  const { error, ...rest } = json(reply, status, { error: { code } });
  keys(rest, [], [], 'body beside error');
  keys(error, ['code'], ['message', 'errors', 'payload'], 'error');
}

/** Envelope C: B with the list of what was wrong, in any order; `items` are `[code, path]`. */
export function invalid(reply, code, items) {
  modern(reply, 400, code);
  const { errors } = reply.json().error;
  if (!Array.isArray(errors)) fail(`errors: expected an array in ${reply.text}`);
  for (const item of errors) {
    keys(item, ['code', 'message', 'path'], [], 'item');
    contains(item, { code: is.text, message: is.text, path: is.array });
  }
  const got = errors.map((item) => JSON.stringify([item.code, item.path])).sort();
  equal(got, items.map((item) => JSON.stringify(item)).sort(), 'code and path of each item');
}
