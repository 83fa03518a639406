'use strict';
// `require('crypto')`: digests, signatures and random values, over the host. Texts go to the host as texts, which is
// much faster than making bytes of them here.

const { Buffer } = require('modules/buffer');
const encodings = require('internal/encodings');
const keys = require('internal/crypto-keys');

// The host gives no more at a time.
const DRAW_BYTES_MAX = 65_536;
const HOST_ENCODINGS = ['hex', 'base64', 'base64url'];
const HASHES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

const constants = {
  RSA_PKCS1_PADDING: 1,
  RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1,
  RSA_PSS_SALTLEN_AUTO: -2,
  RSA_PSS_SALTLEN_MAX_SIGN: -2,
};

function codedError(Kind, message, code) {
  return Object.assign(new Kind(message), { code });
}

// `SHA-256`, `RSA-SHA256` and `sha256` are one algorithm.
function hashName(algorithm) {
  const name = String(algorithm).toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha');
  if (!HASHES.includes(name)) throw new Error('Digest method not supported');
  return name;
}

// What the host takes: a UTF-8 text as it is, else bytes.
function toInput(data, encoding) {
  if (typeof data === 'string') {
    const name = encodings.normalise(encoding);
    return name === 'utf8' ? data : new Uint8Array(native.encode(data, name));
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const message = 'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.';
  throw codedError(TypeError, message, 'ERR_INVALID_ARG_TYPE');
}

function toOutput(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

// Collects what `update` is given. One text stays a text.
class Collector {
  #parts = [];

  update(data, encoding) {
    this.#parts.push(toInput(data, encoding));
    return this;
  }

  write(data, encoding) {
    this.update(data, encoding);
    return true;
  }

  end(data, encoding) {
    if (data !== undefined) this.update(data, encoding);
    return this;
  }

  _collected() {
    const parts = this.#parts;
    if (parts.length === 1) return parts[0];
    if (parts.every((part) => typeof part === 'string')) return parts.join('');
    return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  }
}

class Digest extends Collector {
  #compute;
  #isDone = false;

  constructor(compute) {
    super();
    this.#compute = compute;
  }

  #check() {
    if (this.#isDone) throw codedError(Error, 'Digest already called', 'ERR_CRYPTO_HASH_FINALIZED');
  }

  update(data, encoding) {
    this.#check();
    return super.update(data, encoding);
  }

  digest(encoding) {
    this.#check();
    this.#isDone = true;
    // The host writes the common encodings itself; the others are made of bytes here.
    if (HOST_ENCODINGS.includes(encoding)) return this.#compute(this._collected(), encoding);
    return toOutput(this.#compute(this._collected(), undefined), encoding);
  }

  copy() {
    this.#check();
    const copy = new Digest(this.#compute);
    copy.update(this._collected());
    return copy;
  }
}

function createHash(algorithm) {
  const name = hashName(algorithm);
  return new Digest((data, encoding) => native.hash(name, data, encoding));
}

function createHmac(algorithm, key) {
  const name = hashName(algorithm);
  const secret = keys.isKeyObject(key) ? key.export() : key;
  const input = toInput(secret);
  return new Digest((data, encoding) => native.hmac(name, input, data, encoding));
}

function hash(algorithm, data, encoding = 'hex') {
  return createHash(algorithm).update(data).digest(encoding);
}

class Signer extends Collector {
  #algorithm;

  constructor(algorithm) {
    super();
    this.#algorithm = algorithm;
  }

  sign(key, encoding) {
    return toOutput(sign(this.#algorithm, this._collected(), key), encoding);
  }

  verify(key, signature, encoding) {
    return verify(this.#algorithm, this._collected(), key, toInput(signature, encoding));
  }
}

// Ed25519 has no digest of its own to choose, so its algorithm is null.
const signName = (algorithm) => (algorithm === null || algorithm === undefined ? '' : hashName(algorithm));

function sign(algorithm, data, key) {
  const { pem, options } = keys.read(key, 'private');
  return Buffer.from(native.sign(signName(algorithm), pem, toInput(data), JSON.stringify(options)));
}

function verify(algorithm, data, key, signature) {
  const { pem, options } = keys.read(key, 'public');
  return native.verify(signName(algorithm), pem, toInput(data), toInput(signature), JSON.stringify(options));
}

function drawBytes(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += DRAW_BYTES_MAX) {
    bytes.set(new Uint8Array(native.randomBytes(Math.min(size - at, DRAW_BYTES_MAX))), at);
  }
  return bytes;
}

function randomBytes(size, callback) {
  const bytes = drawBytes(size);
  if (callback === undefined) return bytes;
  Promise.resolve().then(() => callback(null, bytes));
  return undefined;
}

function randomFillSync(target) {
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(drawBytes(target.byteLength));
  return target;
}

// Uniform over [min, max): draws above the greatest multiple of the range are thrown away.
function randomInt(min, max) {
  if (max === undefined) return randomInt(0, min);
  const range = max - min;
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && range > 0 && range <= 2 ** 48 - 1)) {
    throw codedError(RangeError, 'The value of "max" is out of range.', 'ERR_OUT_OF_RANGE');
  }
  const limit = 2 ** 48 - (2 ** 48 % range);
  for (;;) {
    const drawn = Buffer.from(native.randomBytes(6)).readUIntBE(0, 6);
    if (drawn < limit) return min + (drawn % range);
  }
}

function timingSafeEqual(a, b) {
  if (a.byteLength !== b.byteLength) {
    const message = 'Input buffers must have the same byte length';
    throw codedError(RangeError, message, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
  }
  return native.timingSafeEqual(toInput(a), toInput(b));
}

function pbkdf2Sync(password, salt, iterations, length, digest) {
  return Buffer.from(native.pbkdf2(hashName(digest), toInput(password), toInput(salt), iterations, length));
}

function pbkdf2(password, salt, iterations, length, digest, callback) {
  const derived = pbkdf2Sync(password, salt, iterations, length, digest);
  Promise.resolve().then(() => callback(null, derived));
}

function getRandomValues(target) {
  return randomFillSync(target);
}

const randomUUID = () => native.randomUUID();

module.exports = {
  constants,
  createHash,
  createHmac,
  createPrivateKey: keys.createPrivateKey,
  createPublicKey: keys.createPublicKey,
  createSecretKey: keys.createSecretKey,
  createSign: (algorithm) => new Signer(algorithm),
  createVerify: (algorithm) => new Signer(algorithm),
  getHashes: () => [...HASHES],
  getRandomValues,
  hash,
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  randomFillSync,
  randomInt,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
  webcrypto: { getRandomValues, randomUUID },
};
