'use strict';
// `URLSearchParams`: the application/x-www-form-urlencoded parser and serialiser of the URL standard.

const owners = new WeakMap();

function decodePart(text) {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLoosely(spaced); // a lone percent sign, or bytes that are no UTF-8
  }
}

function decodeLoosely(text) {
  const bytes = [];
  const source = new Uint8Array(native.encode(text, 'utf8'));
  for (let at = 0; at < source.length; at++) {
    const pair = source[at] === 0x25 ? String.fromCharCode(source[at + 1], source[at + 2]) : '';
    if (/^[0-9a-fA-F]{2}$/.test(pair)) {
      bytes.push(parseInt(pair, 16));
      at += 2;
    } else {
      bytes.push(source[at]);
    }
  }
  return native.decode(Uint8Array.from(bytes), 'utf8');
}

function encodePart(text) {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()~]|%20/g, (found) =>
    found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function parse(text) {
  const list = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    list.push(at === -1 ? [decodePart(part), ''] : [decodePart(part.slice(0, at)), decodePart(part.slice(at + 1))]);
  }
  return list;
}

function toPair(item) {
  const pair =
    typeof item === 'object' && item !== null && typeof item[Symbol.iterator] === 'function' ? [...item] : [];
  if (pair.length !== 2) {
    const message = 'Each query pair must be an iterable [name, value] tuple';
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_TUPLE' });
  }
  return pair.map((part) => String(part).toWellFormed());
}

function toList(init) {
  if (init === undefined || init === null) return [];
  if (typeof init !== 'object' && typeof init !== 'function') {
    const text = String(init).toWellFormed();
    return parse(text.startsWith('?') ? text.slice(1) : text);
  }
  if (typeof init[Symbol.iterator] === 'function') return [...init].map(toPair);
  const record = new Map();
  for (const key of Reflect.ownKeys(init)) {
    const own = Object.getOwnPropertyDescriptor(init, key);
    if (own?.enumerable) record.set(String(key).toWellFormed(), String(init[key]).toWellFormed());
  }
  return [...record];
}

class URLSearchParams {
  #list;

  constructor(init) {
    this.#list = toList(init);
  }

  /** The parameters of a URL: `changed(text)` hears of each change. For internal/url.js. */
  static bind(search, changed) {
    const params = new URLSearchParams(search);
    owners.set(params, changed);
    return params;
  }

  /** Reads another query without telling the owner. For internal/url.js. */
  static reset(params, search) {
    params.#list = toList(search);
  }

  #changed() {
    owners.get(this)?.(this.toString());
  }

  get size() {
    return this.#list.length;
  }

  append(name, value) {
    this.#list.push([String(name).toWellFormed(), String(value).toWellFormed()]);
    this.#changed();
  }

  delete(name, value) {
    const matches = ([key, known]) => key === String(name) && (value === undefined || known === String(value));
    this.#list = this.#list.filter((pair) => !matches(pair));
    this.#changed();
  }

  get(name) {
    return this.#list.find(([key]) => key === String(name))?.[1] ?? null;
  }

  getAll(name) {
    return this.#list.filter(([key]) => key === String(name)).map(([, value]) => value);
  }

  has(name, value) {
    return this.#list.some(
      ([key, known]) => key === String(name) && (value === undefined || known === String(value)),
    );
  }

  set(name, value) {
    const key = String(name).toWellFormed();
    const first = this.#list.find(([known]) => known === key);
    if (first === undefined) this.#list.push([key, String(value).toWellFormed()]);
    else first[1] = String(value).toWellFormed();
    this.#list = this.#list.filter((pair) => pair === first || pair[0] !== key || first === undefined);
    this.#changed();
  }

  sort() {
    this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }

  // By index, so that changes while iterating are seen, as the standard wants.
  *entries() {
    for (let at = 0; at < this.#list.length; at++) yield [...this.#list[at]];
  }

  *keys() {
    for (const [name] of this.entries()) yield name;
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback, self) {
    for (const [name, value] of this.entries()) callback.call(self, value, name, this);
  }

  toString() {
    return this.#list.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join('&');
  }

  get [Symbol.toStringTag]() {
    return 'URLSearchParams';
  }
}

Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  configurable: true,
  writable: true,
});
// What the two internal functions are for does not concern scripts.
const { bind, reset } = URLSearchParams;
delete URLSearchParams.bind;
delete URLSearchParams.reset;

module.exports = { URLSearchParams, bind, reset };
