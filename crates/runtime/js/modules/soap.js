'use strict';
// `require('soap')`: clients made from the description of a service. What is here is what scripts use of the package
// of that name; serving and signing are not.

const { callRaw } = require('internal/calls');
const { fromHost } = require('internal/errors');
const description = require('internal/soap-description');
const message = require('internal/soap-message');
const security = require('internal/soap-security');

const INFLATED_BYTES_MAX = 100_000_000;

// Bytes may come compressed, since scripts ask for that themselves.
function toText(body) {
  let bytes = new Uint8Array(body ?? 0);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    bytes = new Uint8Array(native.inflate(bytes, 'gzip', INFLATED_BYTES_MAX));
  const text = native.decode(bytes, 'utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

async function request(args) {
  try {
    const { json, body } = await callRaw('fetch', JSON.stringify(args));
    return { ...JSON.parse(json), text: toText(body) };
  } catch (error) {
    throw fromHost(error);
  }
}

async function fetchDescription(url) {
  const { status, text } = await request({ url, method: 'GET', headers: {} });
  if (status >= 300) throw new Error(`the description of the service could not be read: ${url} answered ${status}`);
  return text;
}

class Client {
  #description;
  #port;
  #endpoint;
  #security;
  #httpHeaders = {};
  #soapHeaders = [];

  constructor(found, endpoint) {
    this.#description = found;
    this.#port = description.selectPort(found);
    this.#endpoint = endpoint ?? this.#port.location;
    for (const [name, operation] of this.#port.operations) {
      const call = (args, options, headers) => this.#call(name, operation, args, headers);
      this[`${name}Async`] = call;
      this[name] = (args, callback, options, headers) => {
        call(args, options, headers).then((answer) => callback(null, ...answer), callback);
      };
    }
  }

  setEndpoint(endpoint) {
    this.#endpoint = endpoint;
  }

  setSecurity(chosen) {
    this.#security = chosen;
  }

  addHttpHeader(name, value) {
    this.#httpHeaders[name] = value;
  }

  getHttpHeaders() {
    return this.#httpHeaders;
  }

  clearHttpHeaders() {
    this.#httpHeaders = {};
  }

  /** `header` is XML, or an object whose keys are elements of `namespace`. */
  addSoapHeader(header, name, namespace, prefix) {
    const parts = typeof header === 'string' ? header : message.writeHeader(header, namespace, prefix);
    return this.#soapHeaders.push(parts) - 1;
  }

  getSoapHeaders() {
    return this.#soapHeaders;
  }

  clearSoapHeaders() {
    this.#soapHeaders = [];
  }

  #headers(operation, extra) {
    const { is12 } = this.#port;
    const headers = is12
      ? { 'Content-Type': `application/soap+xml; charset=utf-8; action="${operation.soapAction}"` }
      : { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${operation.soapAction}"` };
    Object.assign(headers, this.#httpHeaders, extra);
    this.#security?.addHeaders?.(headers);
    // The host says what it can decode.
    for (const name of Object.keys(headers)) if (name.toLowerCase() === 'accept-encoding') delete headers[name];
    return headers;
  }

  async #call(name, operation, args, extraHeaders) {
    const secured = this.#security?.toXML?.() ?? '';
    const soapHeaders = secured === '' ? this.#soapHeaders : [...this.#soapHeaders, secured];
    const body = message.writeRequest(this.#description, this.#port, name, operation, args, soapHeaders);
    this.lastRequest = body;
    const headers = this.#headers(operation, extraHeaders);
    const answer = await request({ url: this.#endpoint, method: 'POST', headers, body });
    this.lastResponse = answer.text;
    try {
      const { result, header } = message.readAnswer(this.#description, answer.text);
      return [result, answer.text, header, body];
    } catch (error) {
      const response = { status: answer.status, statusText: answer.statusText, headers: answer.headers };
      throw Object.assign(error, { response: { ...response, data: answer.text }, body: answer.text });
    }
  }
}

/** A client of the service that is described at `url`. */
async function createClientAsync(url, options, endpoint) {
  const found = await description.load(String(url), fetchDescription);
  return new Client(found, endpoint ?? options?.endpoint);
}

/** `createClient(url, options?, callback, endpoint?)` */
function createClient(url, options, callback, endpoint) {
  if (typeof options === 'function') return createClient(url, {}, options, callback);
  createClientAsync(url, options, endpoint).then((client) => callback(null, client), callback);
  return undefined;
}

module.exports = { Client, createClient, createClientAsync, security, ...security };
