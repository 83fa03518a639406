'use strict';
// The methods of Buffer that read and write numbers, made from one table.

// Name of the method -> method of DataView, bytes.
const FIXED = {
  Int8: ['Int8', 1],
  UInt8: ['Uint8', 1],
  Int16: ['Int16', 2],
  UInt16: ['Uint16', 2],
  Int32: ['Int32', 4],
  UInt32: ['Uint32', 4],
  BigInt64: ['BigInt64', 8],
  BigUInt64: ['BigUint64', 8],
  Float: ['Float32', 4],
  Double: ['Float64', 8],
};

function checkOffset(buffer, offset, size) {
  if (typeof offset !== 'number') {
    throw Object.assign(new TypeError('The "offset" argument must be of type number.'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= buffer.length) return;
  if (buffer.length < size) {
    const message = 'Attempt to access memory outside buffer bounds';
    throw Object.assign(new RangeError(message), { code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
  }
  throw outOfRange('offset', `>= 0 and <= ${buffer.length - size}`, offset);
}

function outOfRange(name, range, value) {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${value}`;
  return Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
}

// The least and the greatest whole number of a kind of `bits` bits, big for 64 of them.
function rangeOf(name, bits) {
  const wide = 1n << BigInt(bits);
  const [min, max] = name.includes('UInt') ? [0n, wide - 1n] : [-(wide / 2n), wide / 2n - 1n];
  return name.startsWith('Big') ? [min, max] : [Number(min), Number(max)];
}

const viewOf = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

function define(prototype, name, value) {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: false });
  // Node has each unsigned method under two names: readUInt8 and readUint8.
  if (name.includes('UInt')) define(prototype, name.replace('UInt', 'Uint'), value);
}

function installFixed(prototype, name, method, size, suffix, littleEndian) {
  const isWhole = name.includes('Int');
  const [min, max] = isWhole ? rangeOf(name, size * 8) : [-Infinity, Infinity];
  define(prototype, `read${name}${suffix}`, function read(offset = 0) {
    checkOffset(this, offset, size);
    return viewOf(this)[`get${method}`](offset, littleEndian);
  });
  define(prototype, `write${name}${suffix}`, function write(value, offset = 0) {
    const number = name.startsWith('Big') ? value : Number(value);
    if (isWhole && (number < min || number > max)) throw outOfRange('value', `>= ${min} and <= ${max}`, value);
    checkOffset(this, offset, size);
    viewOf(this)[`set${method}`](offset, number, littleEndian);
    return offset + size;
  });
}

// `readIntBE(offset, byteLength)` and its like, for 1 to 6 bytes.
function installVariable(prototype, signed, suffix, littleEndian) {
  const name = signed ? 'Int' : 'UInt';
  const checkSize = (size) => {
    if (!(Number.isInteger(size) && size >= 1 && size <= 6)) throw outOfRange('byteLength', '>= 1 and <= 6', size);
  };
  // The place of the byte of weight 256^index.
  const place = (offset, size, index) => offset + (littleEndian ? index : size - 1 - index);

  define(prototype, `read${name}${suffix}`, function read(offset, size) {
    checkSize(size);
    checkOffset(this, offset, size);
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + this[place(offset, size, index)];
    return signed && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value;
  });
  define(prototype, `write${name}${suffix}`, function write(value, offset, size) {
    checkSize(size);
    const [min, max] = rangeOf(name, size * 8);
    if (value < min || value > max) throw outOfRange('value', `>= ${min} and <= ${max}`, value);
    checkOffset(this, offset, size);
    let rest = value < 0 ? Math.trunc(value) + 2 ** (size * 8) : Math.trunc(value);
    for (let index = 0; index < size; index++) {
      this[place(offset, size, index)] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return offset + size;
  });
}

exports.install = function install(prototype) {
  for (const [name, [method, size]] of Object.entries(FIXED)) {
    if (size === 1) {
      installFixed(prototype, name, method, size, '', true);
      continue;
    }
    installFixed(prototype, name, method, size, 'LE', true);
    installFixed(prototype, name, method, size, 'BE', false);
  }
  for (const signed of [true, false]) {
    installVariable(prototype, signed, 'LE', true);
    installVariable(prototype, signed, 'BE', false);
  }
};
