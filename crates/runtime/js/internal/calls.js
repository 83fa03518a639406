'use strict';
// The asynchronous seam: `native.call(operation, json, bytes?)` gives a number, and the host answers later through
// `settle(number, ok, json, body)`. Only texts cross, and bytes beside them where an operation has a body.

const pending = new Map();

/**
 * A host call that failed. `detail` is the host's `{code, message, name?, payload?, status?, network?}`; each method
 * of the `nango` object turns it into the error that scripts expect.
 */
class HostError extends Error {
  constructor(detail) {
    super(detail.message);
    this.name = detail.name ?? 'Error';
    if (detail.code !== undefined) this.code = detail.code;
    Object.defineProperty(this, 'detail', { value: detail });
  }
}

// Sends one call and resolves to `{json, body}` as they came; `json` is still a text.
function callRaw(operation, argumentsJson, bytes) {
  return new Promise((resolve, reject) => {
    const id =
      bytes === undefined ? native.call(operation, argumentsJson) : native.call(operation, argumentsJson, bytes);
    pending.set(id, { resolve, reject });
  });
}

// Sends one call and resolves to its answer.
async function call(operation, args) {
  const { json } = await callRaw(operation, JSON.stringify(args ?? {}));
  return json === undefined || json === '' ? undefined : JSON.parse(json);
}

// Sends a call that nobody waits for; its answer, if there is one, is dropped by `settle`.
function notify(operation, args) {
  native.call(operation, JSON.stringify(args));
}

function settle(id, ok, json, body) {
  const waiting = pending.get(id);
  if (waiting === undefined) return;
  pending.delete(id);
  if (ok) waiting.resolve({ json, body });
  else waiting.reject(new HostError(json === undefined ? { message: 'the call failed' } : JSON.parse(json)));
}

module.exports = { HostError, call, callRaw, notify, settle };
