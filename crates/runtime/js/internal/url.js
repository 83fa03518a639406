'use strict';
// `URL`: a thin class over the host's parser.

const { URLSearchParams, bind, reset } = require('internal/url-search-params');

function invalid(input, base) {
  const error = new TypeError('Invalid URL');
  Object.assign(error, { code: 'ERR_INVALID_URL', input, ...(base !== undefined && { base }) });
  return error;
}

function parse(input, base) {
  const text = String(input).toWellFormed();
  const baseText = base === undefined ? undefined : String(base).toWellFormed();
  const json = native.urlParse(text, baseText);
  if (json === undefined) throw invalid(text, baseText);
  return JSON.parse(json);
}

class URL {
  #parts;
  #params;

  constructor(input, base) {
    if (arguments.length === 0) {
      throw Object.assign(new TypeError('The "url" argument must be specified'), { code: 'ERR_MISSING_ARGS' });
    }
    this.#parts = parse(input, base);
  }

  static canParse(input, base) {
    return native.urlParse(String(input).toWellFormed(), base === undefined ? undefined : String(base)) !== undefined;
  }

  static parse(input, base) {
    return URL.canParse(input, base) ? new URL(input, base) : null;
  }

  // Made when first asked for: most scripts only read the text of a URL.
  get searchParams() {
    this.#params ??= bind(this.#parts.search, (text) => this.#set('search', text));
    return this.#params;
  }

  #set(part, value) {
    const json = native.urlSet(this.#parts.href, part, String(value).toWellFormed());
    if (json !== undefined) this.#parts = JSON.parse(json);
  }

  get href() {
    return this.#parts.href;
  }
  set href(value) {
    this.#parts = parse(value);
    if (this.#params) reset(this.#params, this.#parts.search);
  }

  get search() {
    return this.#parts.search;
  }
  set search(value) {
    this.#set('search', value);
    if (this.#params) reset(this.#params, this.#parts.search);
  }

  get origin() {
    return this.#parts.origin;
  }

  toString() {
    return this.#parts.href;
  }

  toJSON() {
    return this.#parts.href;
  }

  get [Symbol.toStringTag]() {
    return 'URL';
  }

  static {
    for (const part of ['protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'hash']) {
      Object.defineProperty(URL.prototype, part, {
        get() {
          return this.#parts[part];
        },
        set(value) {
          this.#set(part, value);
        },
        configurable: true,
        enumerable: true,
      });
    }
    for (const name of ['href', 'search', 'searchParams', 'origin', 'toString', 'toJSON']) {
      Object.defineProperty(URL.prototype, name, { enumerable: true });
    }
  }
}

module.exports = { URL, URLSearchParams };
