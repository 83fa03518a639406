'use strict';
// `TextEncoder` and `TextDecoder` for UTF-8, UTF-16LE and Latin-1.

const LABELS = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'unicode-1-1-utf-8': 'utf8',
  'utf-16le': 'utf16le',
  'utf-16': 'utf16le',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  ascii: 'latin1',
  'us-ascii': 'latin1',
  'windows-1252': 'latin1',
};
const NAMES = { utf8: 'utf-8', utf16le: 'utf-16le', latin1: 'windows-1252' };

function toBytes(input) {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input);
}

class TextEncoder {
  get encoding() {
    return 'utf-8';
  }

  encode(text = '') {
    return new Uint8Array(native.encode(String(text), 'utf8'));
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of String(text)) {
      const bytes = this.encode(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

// Where a UTF-8 sequence at the end of `bytes` is not complete, its start; else the length.
function completeLength(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

class TextDecoder {
  #kind;
  #rest = new Uint8Array(0);

  constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    this.#kind = LABELS[String(label).trim().toLowerCase()];
    if (this.#kind === undefined) throw new RangeError(`The "${label}" encoding is not supported`);
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  get encoding() {
    return NAMES[this.#kind];
  }

  decode(input, { stream = false } = {}) {
    const bytes = this.#join(toBytes(input));
    let end = bytes.length;
    if (stream) end = this.#kind === 'utf8' ? completeLength(bytes) : this.#kind === 'utf16le' ? end & ~1 : end;
    this.#rest = bytes.slice(end);
    const text = native.decode(bytes.subarray(0, end), this.#kind);
    if (this.fatal && this.#kind === 'utf8' && text.includes('\ufffd'))
      this.#checkExact(text, bytes.subarray(0, end));
    return !this.ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }

  #join(bytes) {
    if (this.#rest.length === 0) return bytes;
    const joined = new Uint8Array(this.#rest.length + bytes.length);
    joined.set(this.#rest);
    joined.set(bytes, this.#rest.length);
    return joined;
  }

  // A replacement character is either in the input or stands for bytes that are no UTF-8.
  #checkExact(text, bytes) {
    const again = new Uint8Array(native.encode(text, 'utf8'));
    if (again.length === bytes.length && again.every((byte, at) => byte === bytes[at])) return;
    throw Object.assign(new TypeError('The encoded data was not valid for encoding utf-8'), {
      code: 'ERR_ENCODING_INVALID_ENCODED_DATA',
    });
  }
}

module.exports = { TextEncoder, TextDecoder };
