// The host's synchronous functions, on Node's own Buffer, crypto, URL and Intl: what the runtime's modules are
// compared with.

import crypto from 'node:crypto';
import zlib from 'node:zlib';

const PARTS = [
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
  'origin',
];

const toNode = (value) =>
  typeof value === 'string' ? value : Buffer.from(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);

const urlJson = (url) => JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, url[part]])));

const localeOf = (locale) => (locale === '' || locale === undefined ? 'en-US' : locale);

/** `toRealm` makes an ArrayBuffer of the engine's realm of a Node buffer. */
export function createNatives(toRealm) {
  function output(buffer, encoding) {
    if (encoding === undefined) return toRealm(buffer);
    if (!['hex', 'base64', 'base64url'].includes(encoding)) throw new TypeError(`Unknown encoding: ${encoding}`);
    return buffer.toString(encoding);
  }

  const keyed = (pem, optionsJson) => ({ key: pem, ...JSON.parse(optionsJson) });
  return {
    encode: (text, encoding) => toRealm(Buffer.from(text, encoding)),
    decode: (bytes, encoding) => toNode(bytes).toString(encoding),
    byteLength: (text, encoding) => Buffer.byteLength(text, encoding),
    hash: (name, data, encoding) => output(crypto.createHash(name).update(toNode(data)).digest(), encoding),
    hmac: (name, key, data, encoding) =>
      output(crypto.createHmac(name, toNode(key)).update(toNode(data)).digest(), encoding),
    randomBytes(size) {
      if (size > 65_536) throw new RangeError('At most 65536 random bytes can be had at a time.');
      return toRealm(crypto.randomBytes(size));
    },
    randomUUID: () => crypto.randomUUID(),
    timingSafeEqual: (a, b) => crypto.timingSafeEqual(toNode(a), toNode(b)),
    sign: (name, pem, data, options) =>
      toRealm(crypto.sign(name || null, Buffer.from(toNode(data)), keyed(pem, options))),
    verify: (name, pem, data, signature, options) =>
      crypto.verify(name || null, Buffer.from(toNode(data)), keyed(pem, options), toNode(signature)),
    pbkdf2: (name, password, salt, iterations, length) =>
      toRealm(crypto.pbkdf2Sync(toNode(password), toNode(salt), iterations, length, name)),
    urlParse: (text, base) => (URL.canParse(text, base) ? urlJson(new URL(text, base)) : undefined),
    urlSet(href, part, value) {
      const url = new URL(href);
      url[part] = value;
      return urlJson(url);
    },
    compare: (a, b, locale, options) => a.localeCompare(b, localeOf(locale), JSON.parse(options)),
    inflate(bytes, format, maxOutputLength) {
      const inflate = { raw: zlib.inflateRawSync, zlib: zlib.inflateSync, gzip: zlib.gunzipSync }[format];
      return toRealm(inflate(toNode(bytes), { maxOutputLength }));
    },
    zoneOffset(zone, ms) {
      try {
        const local = new Date(ms).toLocaleString('sv-SE', { timeZone: zone });
        return Math.round((Date.parse(`${local.replace(' ', 'T')}Z`) - Math.trunc(ms / 1000) * 1000) / 60_000);
      } catch {
        return undefined;
      }
    },
  };
}
