'use strict';
// `Buffer`: a Uint8Array with Node's methods. Text conversion is the host's; numbers and searching are in
// internal/buffer-numbers.js and internal/buffer-search.js.

const encodings = require('internal/encodings');
const search = require('internal/buffer-search');

const isArrayBuffer = (value) => {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
};

function typeError(message) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

// The bytes of a text or a view, without copying a view.
function toBytes(value, encoding) {
  if (typeof value === 'string') return new Uint8Array(native.encode(value, encodings.normalise(encoding)));
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  throw typeError('The argument must be a string, a Buffer or a Uint8Array');
}

function clamp(value, fallback, max) {
  if (value === undefined) return fallback;
  const whole = Math.trunc(Number(value)) || 0;
  return Math.min(Math.max(whole, 0), max);
}

class Buffer extends Uint8Array {
  static poolSize = 8192;

  // `new Buffer(text)` is deprecated in Node, and still met.
  constructor(value, encodingOrOffset, length) {
    if (typeof value === 'string') super(native.encode(value, encodings.normalise(encodingOrOffset)));
    else super(value, encodingOrOffset, length);
  }

  static from(value, encodingOrOffset, length) {
    if (typeof value === 'string') return new Buffer(native.encode(value, encodings.normalise(encodingOrOffset)));
    if (typeof value !== 'object' || value === null) throw fromError(value);
    if (isArrayBuffer(value)) return new Buffer(value, encodingOrOffset, length);
    if (ArrayBuffer.isView(value) || Array.isArray(value)) return copyOf(value);
    const primitive = value.valueOf?.();
    if (primitive !== undefined && primitive !== null && primitive !== value) {
      return Buffer.from(primitive, encodingOrOffset, length);
    }
    if (value.type === 'Buffer' && Array.isArray(value.data)) return copyOf(value.data);
    if (typeof value.length === 'number') return copyOf(value);
    if (typeof value[Symbol.toPrimitive] === 'function') {
      return Buffer.from(value[Symbol.toPrimitive]('string'), encodingOrOffset, length);
    }
    throw fromError(value);
  }

  static of(...bytes) {
    return copyOf(bytes);
  }

  static alloc(size, fill, encoding) {
    const buffer = new Buffer(checkSize(size));
    return fill === undefined || fill === 0 ? buffer : buffer.fill(fill, encoding);
  }

  static allocUnsafe(size) {
    return new Buffer(checkSize(size));
  }

  static allocUnsafeSlow(size) {
    return new Buffer(checkSize(size));
  }

  static isBuffer(value) {
    return value instanceof Buffer;
  }

  static isEncoding(encoding) {
    return encodings.find(encoding) !== undefined;
  }

  static byteLength(value, encoding) {
    if (typeof value === 'string') return native.byteLength(value, encodings.find(encoding) ?? 'utf8');
    if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value.byteLength;
    throw typeError('The "string" argument must be of type string or an instance of Buffer or ArrayBuffer.');
  }

  static concat(list, totalLength) {
    if (!Array.isArray(list)) throw typeError('The "list" argument must be an instance of Array');
    const total = totalLength ?? list.reduce((sum, part) => sum + part.length, 0);
    const joined = Buffer.alloc(total);
    let at = 0;
    for (const part of list) {
      if (!ArrayBuffer.isView(part)) throw typeError('The items of "list" must be instances of Buffer or Uint8Array');
      if (at >= total) break;
      const fitting = part.length > total - at ? part.subarray(0, total - at) : part;
      joined.set(fitting, at);
      at += fitting.length;
    }
    return joined;
  }

  static compare(a, b) {
    const length = Math.min(a.length, b.length);
    for (let at = 0; at < length; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  get parent() {
    return this.buffer;
  }

  get offset() {
    return this.byteOffset;
  }

  toString(encoding, start, end) {
    const from = clamp(start, 0, this.length);
    const to = clamp(end, this.length, this.length);
    if (to <= from) return '';
    // A view, for `subarray` of a Buffer would run this class's constructor for nothing.
    return native.decode(
      new Uint8Array(this.buffer, this.byteOffset + from, to - from),
      encodings.normalise(encoding),
    );
  }

  toLocaleString(encoding, start, end) {
    return this.toString(encoding, start, end);
  }

  toJSON() {
    return { type: 'Buffer', data: Array.from(this) };
  }

  // Unlike the method of typed arrays, it shares its memory, as Node's does.
  slice(start, end) {
    return this.subarray(start, end);
  }

  equals(other) {
    if (!ArrayBuffer.isView(other))
      throw typeError('The "otherBuffer" argument must be an instance of Buffer or Uint8Array.');
    return Buffer.compare(this, other) === 0;
  }

  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    const theirs = target.subarray(
      clamp(targetStart, 0, target.length),
      clamp(targetEnd, target.length, target.length),
    );
    const ours = this.subarray(clamp(sourceStart, 0, this.length), clamp(sourceEnd, this.length, this.length));
    return Buffer.compare(ours, theirs);
  }

  copy(target, targetStart, sourceStart, sourceEnd) {
    const at = clamp(targetStart, 0, target.length);
    const source = this.subarray(clamp(sourceStart, 0, this.length), clamp(sourceEnd, this.length, this.length));
    const fitting = source.subarray(0, target.length - at);
    target.set(fitting, at);
    return fitting.length;
  }

  // `write(text, offset?, length?, encoding?)`, each left out or not.
  write(text, offset, length, encoding) {
    if (typeof offset === 'string') return this.write(text, 0, undefined, offset);
    if (typeof length === 'string') return this.write(text, offset, undefined, length);
    const at = clamp(offset, 0, this.length);
    const room = Math.min(clamp(length, this.length - at, this.length), this.length - at);
    const name = encodings.normalise(encoding);
    const fitting = wholeCharacters(toBytes(text, name), room, name);
    this.set(fitting, at);
    return fitting.length;
  }

  // `fill(value, offset?, end?, encoding?)`, each left out or not.
  fill(value, offset, end, encoding) {
    if (typeof offset === 'string') return this.fill(value, 0, undefined, offset);
    if (typeof end === 'string') return this.fill(value, offset, undefined, end);
    const from = clamp(offset, 0, this.length);
    const to = clamp(end, this.length, this.length);
    if (typeof value === 'string' || ArrayBuffer.isView(value)) fillPattern(this, toBytes(value, encoding), from, to);
    else super.fill(Number(value) & 255, from, to);
    return this;
  }

  indexOf(value, offset, encoding) {
    return search.indexOf(this, value, offset, encoding, toBytes);
  }

  lastIndexOf(value, offset, encoding) {
    return search.lastIndexOf(this, value, offset, encoding, toBytes);
  }

  includes(value, offset, encoding) {
    return this.indexOf(value, offset, encoding) !== -1;
  }

  swap16() {
    return swap(this, 2);
  }

  swap32() {
    return swap(this, 4);
  }

  swap64() {
    return swap(this, 8);
  }
}

function fromError(value) {
  const got = value === null || value === undefined ? String(value) : `type ${typeof value}`;
  return typeError(
    'The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. ' +
      `Received ${got}`,
  );
}

function checkSize(size) {
  if (typeof size !== 'number') throw typeError('The "size" argument must be of type number.');
  if (!(size >= 0 && size <= 0x7fffffff)) {
    throw Object.assign(new RangeError('The value of "size" is out of range.'), { code: 'ERR_OUT_OF_RANGE' });
  }
  return size;
}

function copyOf(bytes) {
  const buffer = new Buffer(bytes.length);
  buffer.set(bytes);
  return buffer;
}

// The start of `bytes` that fits in `room` without cutting a character.
function wholeCharacters(bytes, room, encoding) {
  if (bytes.length <= room) return bytes;
  let end = encoding === 'utf16le' ? room & ~1 : room;
  if (encoding === 'utf8') while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function fillPattern(buffer, pattern, from, to) {
  if (pattern.length === 0) {
    Uint8Array.prototype.fill.call(buffer, 0, from, to);
    return;
  }
  for (let at = from; at < to; at++) buffer[at] = pattern[(at - from) % pattern.length];
}

function swap(buffer, size) {
  if (buffer.length % size !== 0) {
    const message = `Buffer size must be a multiple of ${size * 8}-bits`;
    throw Object.assign(new RangeError(message), { code: 'ERR_INVALID_BUFFER_SIZE' });
  }
  for (let at = 0; at < buffer.length; at += size) Uint8Array.prototype.reverse.call(buffer.subarray(at, at + size));
  return buffer;
}

require('internal/buffer-numbers').install(Buffer.prototype);

function btoa(text) {
  const latin = String(text);
  if (/[^\0-\xff]/.test(latin)) throw new Error('Invalid character');
  return native.decode(new Uint8Array(native.encode(latin, 'latin1')), 'base64');
}

function atob(text) {
  const clean = String(text).replace(/[\t\n\f\r ]/g, '');
  const bare = clean.length % 4 === 0 ? clean.replace(/={1,2}$/, '') : clean;
  if (bare.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(bare)) {
    throw new Error('The string to be decoded is not correctly encoded.');
  }
  return native.decode(new Uint8Array(native.encode(bare, 'base64')), 'latin1');
}

module.exports = { Buffer, atob, btoa, kMaxLength: 0x7fffffff, constants: { MAX_LENGTH: 0x7fffffff } };
