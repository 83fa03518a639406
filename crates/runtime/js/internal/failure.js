'use strict';
// What the host is told about a run that failed, as JSON:
//
//   {
//     type:      one of the failure types of a run (`script_internal_error`, `action_script_runtime_error` ...),
//     payload:   an object for the caller,
//     message?:  text of errors that have a code of the platform,
//     upstream?: {status, headers, body} of the provider's answer, for `script_http_error`,
//     stack?:    lines of the error's stack, not mapped and not filtered (the host does both), where the payload may
//                show them
//   }

const { ActionError, SDK_CODES, fromHost } = require('internal/errors');
const { messageOf } = require('internal/messages');

// The payloads of other failures are what the function or the provider said, and nothing else.
const WITH_STACK = new Set(['script_internal_error', 'script_network_error']);

const isError = (value) => Object.prototype.toString.call(value) === '[object Error]';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// Callers may see rate limits and the kind of the body; other headers may hold secrets.
function publicHeaders(headers) {
  const shown = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const key = name.toLowerCase();
    if (key === 'content-type' || key.startsWith('x-rate')) shown[key] = value;
  }
  return shown;
}

function stackLines(error) {
  if (typeof error.stack !== 'string') return undefined;
  const lines = error.stack.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 ? lines : undefined;
}

function describeAction(error) {
  const { payload } = error;
  return { type: 'action_script_runtime_error', payload: isObject(payload) ? payload : { message: payload } };
}

// What the provider said, when the function had asked for bytes.
function readable(data) {
  if (!ArrayBuffer.isView(data)) return data;
  const text = native.decode(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describeHttp(error) {
  const { status, headers } = error.response;
  const data = readable(error.response.data);
  const limited = error.platform === true && status === 429;
  let payload;
  if (isObject(data)) payload = isObject(data.payload) ? data.payload : data;
  else payload = { message: data };
  return {
    type: limited ? 'script_api_rate_limit_error' : 'script_http_error',
    payload,
    upstream: { status, headers: publicHeaders(headers), body: data },
  };
}

function describeError(error) {
  const { name, code } = error;
  const payload = { name, ...(code !== undefined && { code }), message: messageOf(error) };
  const network = error.isAxiosError === true;
  return { type: network ? 'script_network_error' : 'script_internal_error', payload };
}

function classify(error) {
  if (error instanceof ActionError || error?.type === 'action_script_runtime_error') return describeAction(error);
  if (!isError(error)) {
    const message = JSON.stringify(error) ?? String(error);
    return { type: 'script_internal_error', payload: { name: 'Error', message } };
  }
  if (SDK_CODES.has(error.code)) {
    const { code, message } = error;
    return { type: code, message, payload: isObject(error.payload) ? error.payload : { message } };
  }
  if (error.isAxiosError === true && error.response !== undefined) return describeHttp(error);
  return describeError(error);
}

// Values that JSON cannot hold (cycles, big integers) must not hide the failure that they are part of.
function toJson(failure) {
  try {
    return JSON.stringify(failure);
  } catch {
    return JSON.stringify({
      ...failure,
      upstream: undefined,
      payload: { message: 'the payload cannot be serialised' },
    });
  }
}

/** The JSON text for `native.finish(false, ...)`. */
exports.describe = function describe(thrown) {
  try {
    const error = fromHost(thrown);
    const failure = classify(error);
    if (WITH_STACK.has(failure.type) && isError(error)) failure.stack = stackLines(error);
    return toJson(failure);
  } catch {
    // A thrown value may be a proxy, or have getters that throw.
    const payload = { name: 'Error', message: 'a value was thrown that cannot be shown' };
    return JSON.stringify({ type: 'script_internal_error', payload });
  }
};
