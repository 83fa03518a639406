'use strict';
// `nango.uncontrolledFetch`: a request without credentials, under the host's outbound policy. The host follows
// redirects, because each of their targets is judged by that policy too.

const { callRaw } = require('internal/calls');
const { ActionError, fromHost } = require('internal/errors');

// Refusals that scripts may read from the payload of an ActionError.
const REFUSALS = new Set(['url_not_allowed', 'too_many_redirects', 'invalid_redirect']);

function toError(error) {
  const { detail } = error;
  if (detail !== undefined && REFUSALS.has(detail.code)) {
    return new ActionError({ code: detail.code, message: detail.message });
  }
  if (detail?.network !== true) return fromHost(error);
  const cause = Object.assign(new Error(detail.message), { code: detail.code });
  return new TypeError('fetch failed', { cause });
}

exports.create = () => ({
  async uncontrolledFetch({ url, method = 'GET', headers, body }) {
    const { Headers } = require('internal/fetch-headers');
    const { Response } = require('internal/fetch-response');
    const args = { url: String(url), method, headers: Object.fromEntries(new Headers(headers)) };
    if (body !== undefined && body !== null) args.body = String(body);
    try {
      const answer = await callRaw('fetch', JSON.stringify(args));
      return new Response(answer.body, JSON.parse(answer.json));
    } catch (error) {
      throw toError(error);
    }
  },
});
