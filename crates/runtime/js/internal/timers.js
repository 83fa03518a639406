'use strict';
// `setTimeout` over the host's clock. A timer dies with its run.

const { call } = require('internal/calls');

const waiting = new Map();
let lastId = 0;

// Node returns an object, other engines a number; this is an object that converts to its number.
class Timeout {
  constructor(id) {
    Object.defineProperty(this, 'id', { value: id });
  }
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  [Symbol.toPrimitive]() {
    return this.id;
  }
}

function setTimeout(callback, delay, ...values) {
  if (typeof callback !== 'function') {
    throw Object.assign(new TypeError('The "callback" argument must be of type function.'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  const id = ++lastId;
  waiting.set(id, callback);
  // As in Node, what is no usable delay is one millisecond.
  const ms = Number(delay) >= 1 && Number(delay) <= 0x7fffffff ? Math.trunc(Number(delay)) : 1;
  call('sleep', { ms }).then(
    () => {
      if (waiting.delete(id)) callback(...values);
    },
    () => waiting.delete(id), // the run is being stopped: its next call of the host fails
  );
  return new Timeout(id);
}

function clearTimeout(timeout) {
  waiting.delete(Number(timeout));
}

module.exports = { setTimeout, clearTimeout };
