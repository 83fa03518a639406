'use strict';
// The names of text encodings, as Node accepts them, to the names that the host knows.

const NAMES = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  hex: 'hex',
  base64: 'base64',
  base64url: 'base64url',
  ascii: 'ascii',
  latin1: 'latin1',
  binary: 'latin1',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
};

/** The host's name of an encoding, or undefined. */
function find(encoding) {
  return typeof encoding === 'string' ? NAMES[encoding.toLowerCase()] : undefined;
}

/** The host's name of an encoding; UTF-8 when none is given. */
function normalise(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  const name = find(encoding);
  if (name === undefined) {
    throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: 'ERR_UNKNOWN_ENCODING' });
  }
  return name;
}

module.exports = { find, normalise };
