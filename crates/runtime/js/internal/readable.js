'use strict';
// A readable stream over a body that is already here. It has what scripts use of Node's streams: the events
// `data`, `end`, `close` and `error`, `for await`, `pipe`, `setEncoding`.

const CHUNK_BYTES_MAX = 65_536;

class Readable {
  #buffer;
  #encoding;
  #listeners = new Map();
  #flowing = false;
  #destroyed = false;

  constructor(buffer) {
    this.#buffer = buffer;
  }

  static of(buffer) {
    return new Readable(buffer);
  }

  *#chunks() {
    for (let at = 0; at < this.#buffer.length; at += CHUNK_BYTES_MAX) {
      const chunk = this.#buffer.subarray(at, at + CHUNK_BYTES_MAX);
      yield this.#encoding === undefined ? chunk : chunk.toString(this.#encoding);
    }
  }

  async *[Symbol.asyncIterator]() {
    for (const chunk of this.#chunks()) {
      if (this.#destroyed) return;
      yield chunk;
    }
  }

  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, [...listeners, listener]);
    if (event === 'data' || event === 'readable') this.resume();
    return this;
  }

  addListener(event, listener) {
    return this.on(event, listener);
  }

  once(event, listener) {
    const wrapped = (...values) => {
      this.off(event, wrapped);
      listener(...values);
    };
    return this.on(event, wrapped);
  }

  off(event, listener) {
    this.#listeners.set(
      event,
      (this.#listeners.get(event) ?? []).filter((known) => known !== listener),
    );
    return this;
  }

  removeListener(event, listener) {
    return this.off(event, listener);
  }

  emit(event, ...values) {
    const listeners = this.#listeners.get(event) ?? [];
    for (const listener of listeners) listener.apply(this, values);
    return listeners.length > 0;
  }

  setEncoding(encoding) {
    this.#encoding = encoding;
    return this;
  }

  // Starts to emit, once, after the code that is attaching its listeners has run.
  resume() {
    if (this.#flowing) return this;
    this.#flowing = true;
    Promise.resolve().then(() => this.#flow());
    return this;
  }

  pause() {
    return this;
  }

  async #flow() {
    for await (const chunk of this) this.emit('data', chunk);
    this.emit('end');
    this.emit('close');
  }

  pipe(destination) {
    this.on('end', () => destination.end?.());
    this.on('data', (chunk) => destination.write(chunk));
    return destination;
  }

  destroy(error) {
    this.#destroyed = true;
    if (error !== undefined) this.emit('error', error);
    return this;
  }
}

module.exports = { Readable };
