'use strict';
// The `Response` of `uncontrolledFetch`. Its body is already here; reading it twice fails as the standard wants.

const { Headers } = require('internal/fetch-headers');

class Response {
  #bytes;
  #used = false;

  /** `body` is an ArrayBuffer or nothing; `head` is the host's `{status, statusText, headers, url, redirected}`. */
  constructor(body, head) {
    this.#bytes = new Uint8Array(body ?? 0);
    this.status = head.status;
    this.statusText = head.statusText ?? '';
    this.ok = head.status >= 200 && head.status < 300;
    this.headers = new Headers(head.headers);
    this.url = head.url ?? '';
    this.redirected = head.redirected === true;
    this.type = 'basic';
  }

  #take() {
    if (this.#used) throw new TypeError('Body is unusable: Body has already been read');
    this.#used = true;
    return this.#bytes;
  }

  get bodyUsed() {
    return this.#used;
  }

  get body() {
    const take = () => this.#take();
    return {
      async *[Symbol.asyncIterator]() {
        yield take();
      },
      getReader() {
        let done = false;
        return {
          async read() {
            if (done) return { done, value: undefined };
            done = true;
            return { done: false, value: take() };
          },
          releaseLock() {},
          async cancel() {
            done = true;
          },
        };
      },
    };
  }

  async text() {
    const text = native.decode(this.#take(), 'utf8');
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  async json() {
    return JSON.parse(await this.text());
  }

  async arrayBuffer() {
    return this.#take().slice().buffer;
  }

  async bytes() {
    return this.#take().slice();
  }

  clone() {
    if (this.#used) throw new TypeError('Response.clone: Body has already been consumed.');
    return new Response(this.#bytes.buffer, this);
  }
}

module.exports = { Response };
