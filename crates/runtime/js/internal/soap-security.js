'use strict';
// Ways to sign in to a SOAP service: as a header of the envelope (WS-Security) or of the request.

const xml = require('internal/xml');

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`;
const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`;
const PASSWORD_TYPE = `${OASIS}-username-token-profile-1.0`;
const NONCE_ENCODING = `${OASIS}-soap-message-security-1.0#Base64Binary`;
const TIMESTAMP_VALID_MS = 600_000;

const toSeconds = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** A user name and a password, as text or digest: `new WSSecurity(user, password, 'PasswordDigest' | options)`. */
class WSSecurity {
  constructor(username, password, options) {
    this._username = username;
    this._password = password;
    const given = typeof options === 'string' ? { passwordType: options } : (options ?? {});
    this._passwordType = given.passwordType === 'PasswordDigest' ? 'PasswordDigest' : 'PasswordText';
    this._hasTimeStamp = given.hasTimeStamp !== false;
    this._hasNonce = given.hasNonce === true || this._passwordType === 'PasswordDigest';
    this._hasTokenCreated = given.hasTokenCreated !== false || this._passwordType === 'PasswordDigest';
    this._actor = given.actor;
    this._mustUnderstand = given.mustUnderstand;
  }

  toXML() {
    const now = Date.now();
    const created = toSeconds(now);
    let attributes = ` xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"`;
    if (this._actor) attributes = ` soap:actor="${xml.escape(this._actor)}"${attributes}`;
    if (this._mustUnderstand) attributes = ` soap:mustUnderstand="1"${attributes}`;
    const timestamp = this._hasTimeStamp ? timestampOf(created, toSeconds(now + TIMESTAMP_VALID_MS)) : '';
    return `<wsse:Security${attributes}>${timestamp}${this.#token(created)}</wsse:Security>`;
  }

  #token(created) {
    const nonce = this._hasNonce ? new Uint8Array(native.randomBytes(16)) : undefined;
    const password =
      this._passwordType === 'PasswordText'
        ? String(this._password)
        : digestOf(nonce, created, String(this._password));
    return (
      `<wsse:UsernameToken wsu:Id="SecurityToken-${created}"><wsse:Username>${xml.escape(this._username)}</wsse:Username>` +
      `<wsse:Password Type="${PASSWORD_TYPE}#${this._passwordType}">${xml.escape(password)}</wsse:Password>` +
      (nonce ? `<wsse:Nonce EncodingType="${NONCE_ENCODING}">${native.decode(nonce, 'base64')}</wsse:Nonce>` : '') +
      `${this._hasTokenCreated ? `<wsu:Created>${created}</wsu:Created>` : ''}</wsse:UsernameToken>`
    );
  }
}

function timestampOf(created, expires) {
  return (
    `<wsu:Timestamp wsu:Id="Timestamp-${created}"><wsu:Created>${created}</wsu:Created>` +
    `<wsu:Expires>${expires}</wsu:Expires></wsu:Timestamp>`
  );
}

// Base64 of SHA-1 over the nonce, the time and the password, as the username token profile has it.
function digestOf(nonce, created, password) {
  const { Buffer } = require('modules/buffer');
  return native.hash('sha1', Buffer.concat([nonce, Buffer.from(created + password)]), 'base64');
}

class BasicAuthSecurity {
  constructor(username, password) {
    this._username = username;
    this._password = password;
  }

  addHeaders(headers) {
    const { Buffer } = require('modules/buffer');
    headers.Authorization = `Basic ${Buffer.from(`${this._username}:${this._password ?? ''}`).toString('base64')}`;
  }

  toXML() {
    return '';
  }
}

class BearerSecurity {
  constructor(token) {
    this._token = token;
  }

  addHeaders(headers) {
    headers.Authorization = `Bearer ${this._token}`;
  }

  toXML() {
    return '';
  }
}

module.exports = { BasicAuthSecurity, BearerSecurity, WSSecurity };
