'use strict';
// The `Headers` class of the Fetch standard: names without case, values of one name joined.

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function normalise(name) {
  const text = String(name);
  if (!NAME.test(text)) throw new TypeError(`Invalid header name: ${text}`);
  return text.toLowerCase();
}

class Headers {
  #values = new Map();

  constructor(init) {
    if (init === undefined || init === null) return;
    const pairs = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
    for (const [name, value] of pairs) {
      if (Array.isArray(value)) for (const item of value) this.append(name, item);
      else this.append(name, value);
    }
  }

  append(name, value) {
    const key = normalise(name);
    const known = this.#values.get(key) ?? [];
    this.#values.set(key, [...known, String(value).trim()]);
  }

  set(name, value) {
    this.#values.set(normalise(name), [String(value).trim()]);
  }

  get(name) {
    return this.#values.get(normalise(name))?.join(', ') ?? null;
  }

  getSetCookie() {
    return [...(this.#values.get('set-cookie') ?? [])];
  }

  has(name) {
    return this.#values.has(normalise(name));
  }

  delete(name) {
    this.#values.delete(normalise(name));
  }

  // In the order of the names; cookies one by one, since they cannot be joined.
  *entries() {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name);
      if (name === 'set-cookie') for (const value of values) yield [name, value];
      else yield [name, values.join(', ')];
    }
  }

  *keys() {
    for (const [name] of this.entries()) yield name;
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  get [Symbol.toStringTag]() {
    return 'Headers';
  }
}

Headers.prototype[Symbol.iterator] = Headers.prototype.entries;

module.exports = { Headers };
