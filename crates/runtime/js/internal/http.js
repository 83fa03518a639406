'use strict';
// `nango.get/post/put/patch/delete/proxy`: one request to the provider through the host, which builds the URL, adds the
// credentials and retries. This file turns the script's configuration into the host's arguments.

const { callRaw } = require('internal/calls');
const { AxiosError, SdkError, fromHost, statusError } = require('internal/errors');
const { toResponse } = require('internal/response');

// Fields of the configuration that pass as they are.
const PASSED = [
  'retries',
  'retryOn',
  'retryHeader',
  'baseUrlOverride',
  'decompress',
  'responseType',
  'forwardHeadersOnRedirect',
  'providerConfigKey',
  'connectionId',
];

function setParams(args, config, isRecorded) {
  const { params, endpoint } = config;
  if (params === undefined || params === null) return;
  if (typeof params === 'string') {
    if (String(endpoint).includes('?')) {
      throw new SdkError('invalid_query_params', 'query parameters stand in the endpoint and in `params`');
    }
    args.paramsText = params;
    return;
  }
  const texts = {};
  const pairs = typeof params[Symbol.iterator] === 'function' ? params : Object.entries(params);
  for (const [key, value] of pairs) {
    // A URL search parameter has a text whatever it was set to; recorded requests were made without undefined ones.
    if (value === undefined && isRecorded) continue;
    texts[key] = String(value);
  }
  args.params = texts;
}

function copyHeaders(headers) {
  const copied = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined && value !== null) copied[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return copied;
}

const isForm = (headers) =>
  Object.entries(headers).some(
    ([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('application/x-www-form-urlencoded'),
  );

// Sets the body on the arguments, or returns it when it is bytes. The rules are the axios client's.
function setBody(args, data, isRecorded) {
  if (data === undefined) return undefined;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (typeof data === 'string') args.dataText = data;
  else if (isRecorded || typeof data !== 'object' || data === null) args.data = data;
  else setObjectBody(args, data);
  return undefined;
}

function setObjectBody(args, data) {
  if (Object.prototype.toString.call(data) === '[object URLSearchParams]') {
    args.dataText = data.toString();
    if (!Object.keys(args.headers).some((name) => name.toLowerCase() === 'content-type')) {
      args.headers['Content-Type'] = 'application/x-www-form-urlencoded;charset=utf-8';
    }
  } else if (isForm(args.headers)) {
    args.dataText = require('internal/form').encode(data);
  } else {
    args.data = data;
  }
}

/** Makes the function that sends requests of one run: `(config) => Promise<response>`. */
exports.createClient = function createClient(job) {
  const isRecorded = job.harness === true;
  const throwsOnStatus = !isRecorded && job.lenientStatuses !== true;

  return async function request(config) {
    if (typeof config !== 'object' || config === null)
      throw new TypeError('the request needs a configuration object');
    const args = { method: String(config.method ?? 'GET').toUpperCase(), endpoint: config.endpoint };
    for (const field of PASSED) if (config[field] !== undefined) args[field] = config[field];
    setParams(args, config, isRecorded);
    args.headers = copyHeaders(config.headers);
    const bytes = setBody(args, config.data, isRecorded);

    let answer;
    try {
      answer = await callRaw('http', JSON.stringify(args), bytes);
    } catch (error) {
      throw toRequestError(error, config, args);
    }
    const response = toResponse(JSON.parse(answer.json), answer.body, config, args.method, isRecorded);
    if (throwsOnStatus && !(response.status >= 200 && response.status < 300)) throw statusError(response);
    return response;
  };
};

function toRequestError(error, config, args) {
  const { detail } = error;
  if (detail?.network !== true) return fromHost(error);
  const { paginate, ...shown } = config;
  return new AxiosError(detail.message, detail.code, { ...shown, method: args.method.toLowerCase() }, {});
}
