'use strict';
// Keys as scripts hand them over: a PEM text, bytes of one, DER bytes, a key object, or an object around one of these
// with options. The host reads PEM.

const { Buffer } = require('modules/buffer');

// DER structures to the label of their PEM form.
const LABELS = {
  'private:pkcs8': 'PRIVATE KEY',
  'private:pkcs1': 'RSA PRIVATE KEY',
  'private:sec1': 'EC PRIVATE KEY',
  'public:spki': 'PUBLIC KEY',
  'public:pkcs1': 'RSA PUBLIC KEY',
};

class KeyObject {
  #material;

  constructor(type, material) {
    this.type = type;
    this.#material = material;
  }

  /** PEM text of an asymmetric key, bytes of a secret one. */
  export() {
    return this.#material;
  }
}

const isKeyObject = (value) => value instanceof KeyObject;

function unsupported(message) {
  return Object.assign(new Error(message), { code: 'ERR_CRYPTO_UNSUPPORTED_OPERATION' });
}

function derToPem(bytes, type, structure) {
  const label = LABELS[`${type}:${structure}`];
  if (label === undefined) throw unsupported(`Keys of type ${structure} are not supported`);
  const lines = Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

function toPem(key, type, { format = 'pem', type: structure } = {}) {
  if (isKeyObject(key)) return key.export();
  if (format === 'der') return derToPem(key, type, structure ?? (type === 'private' ? 'pkcs8' : 'spki'));
  if (format !== 'pem') throw unsupported(`Keys of format ${format} are not supported`);
  if (typeof key === 'string') return key;
  if (ArrayBuffer.isView(key)) return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('utf8');
  throw Object.assign(new TypeError('The "key" argument is of no supported type.'), { code: 'ERR_INVALID_ARG_TYPE' });
}

/** `{pem, options}` of a key argument; the options are those of signing. */
function read(key, type) {
  if (typeof key !== 'object' || key === null || isKeyObject(key) || ArrayBuffer.isView(key)) {
    return { pem: toPem(key, type), options: {} };
  }
  const { padding, saltLength, dsaEncoding, passphrase } = key;
  if (passphrase !== undefined) throw unsupported('Encrypted keys are not supported');
  return { pem: toPem(key.key, type, key), options: { padding, saltLength, dsaEncoding } };
}

module.exports = {
  isKeyObject,
  read,
  createPrivateKey: (key) => new KeyObject('private', read(key, 'private').pem),
  createPublicKey: (key) => new KeyObject('public', read(key, 'public').pem),
  createSecretKey: (key, encoding) =>
    new KeyObject('secret', typeof key === 'string' ? Buffer.from(key, encoding) : Buffer.from(key)),
};
