'use strict';
// The response object that scripts get: the shape of the axios client's.

// Header names are lower-case keys; `get` and `has` as in that client's header class.
const HEADERS_PROTOTYPE = Object.create(Object.prototype, {
  get: {
    value(name) {
      return this[String(name).toLowerCase()];
    },
  },
  has: {
    value(name) {
      return Object.hasOwn(this, String(name).toLowerCase());
    },
  },
  toJSON: {
    value() {
      return { ...this };
    },
  },
});

function toHeaders(headers) {
  return Object.assign(Object.create(HEADERS_PROTOTYPE), headers);
}

// JSON where the text is JSON, else the text. Only an explicit `json` or no type at all parses.
function parseText(text, responseType) {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (clean === '' || (responseType !== undefined && responseType !== 'json')) return clean;
  try {
    return JSON.parse(clean);
  } catch {
    return clean;
  }
}

function toData(body, responseType) {
  if (responseType === 'arraybuffer') return toBuffer(body ?? '');
  if (responseType === 'stream') return require('internal/readable').Readable.of(toBuffer(body ?? ''));
  if (typeof body === 'string') return parseText(body, responseType);
  return body === undefined || body === null ? '' : toBuffer(body);
}

// A recorded answer is a JSON value already, whatever type was asked for.
function toRecordedData(body) {
  return typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined;
}

function toBuffer(body) {
  return require('modules/buffer').Buffer.from(body);
}

/**
 * `head` is the host's `{status, statusText, headers, url}`; `body` a text, or an ArrayBuffer for binary types, or the
 * JSON text of the recorded value in a recorded run.
 */
exports.toResponse = function toResponse(head, body, config, method, isRecorded) {
  const { paginate, ...shown } = config;
  return {
    data: isRecorded ? toRecordedData(body) : toData(body, config.responseType),
    status: head.status,
    statusText: head.statusText ?? '',
    headers: toHeaders(head.headers),
    config: { ...shown, method: method.toLowerCase(), url: head.url },
    request: { method, res: { responseUrl: head.url } },
  };
};
