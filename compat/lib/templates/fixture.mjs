// Recorded fixtures of the public templates: what a request is recognised by, and which recorded answer is its own.
// The rules are those of the test double in the `nango` package, seen from the receiving end of the request.

import { createHash } from 'node:crypto';

/** Longer bodies are represented by their digest. */
const DATA_LENGTH_MAX = 1000;
const FORM = 'application/x-www-form-urlencoded';
/** Headers that depend on how a request is sent, not on what it asks. */
const TRANSPORT = new Set([
  ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'host', 'transfer-encoding'],
  ...['user-agent', 'base-url-override', 'connection-id', 'forward-headers-on-redirect', 'nango-activity-log-id'],
  ...['nango-is-dry-run', 'nango-is-script', 'nango-is-sync', 'nango-proxy-user-agent', 'provider-config-key'],
  ...['retries', 'retry-on'],
]);

const sha1 = (text) => createHash('sha1').update(text).digest('hex');
const shortened = (text) => (text.length > DATA_LENGTH_MAX ? `sha1:${sha1(text)}` : text);
const byKey = ([a], [b]) => (a < b ? -1 : Number(a > b));
const isForm = (name, value) => name === 'content-type' && String(value).startsWith(FORM);
const isPlainType = (name, value) => name === 'content-type' && /^(application\/json|undefined)$/.test(value);

/**
 * What a request that arrived is recognised by. `path` begins behind the base URL. A body does not tell how it was
 * given to the runtime, so `datas` holds every way to write it that a recording may have.
 */
export function identityOf({ method, path, headers, body }) {
  const url = new URL(`http://localhost/${path.replace(/^\//, '')}`);
  return {
    method: method.toLowerCase(),
    endpoint: url.pathname.replace(/^\//, '').replace(/^proxy\//, ''),
    // The runtime writes a parameter that is undefined as this text, as the original does; the recordings leave it out.
    params: [...url.searchParams].filter(([, value]) => value !== 'undefined').sort(byKey),
    headers: Object.entries(headers)
      .filter(([name, value]) => !TRANSPORT.has(name) && !isForm(name, value) && !isPlainType(name, value))
      .sort(byKey),
    datas: body.length === 0 ? [undefined] : datasOf(headers, body),
  };
}

function datasOf(headers, body) {
  const text = body.toString('utf8');
  const ways = [text, body.toString('base64')];
  if (isForm('content-type', headers['content-type'])) {
    ways.push(JSON.stringify(Object.fromEntries(new URLSearchParams(text))));
  }
  return ways.map(shortened);
}

/**
 * The recorded answer to a request; undefined where none was recorded. Answers are not used up. `spellings` has names
 * of headers as the function writes them, by their lower case, because digests count it.
 */
export function answerTo({ fixture, spellings }, identity) {
  const headers = identity.headers.map(([name, value]) => [spellings.get(name) ?? name, value]).sort(byKey);
  const written = { ...identity, headers };
  const endpoints = fixture.api[identity.method] ?? {};
  for (const endpoint of [identity.endpoint, `/${identity.endpoint}`]) {
    const entries = [endpoints[endpoint] ?? []].flat();
    const isSole = entries.length === 1;
    const found = entries.find((entry) => hasDigest(entry, written) || answers(entry, identity, isSole));
    if (found) return found;
  }
  return undefined;
}

function hasDigest({ hash }, identity) {
  return identity.datas.some((data) => hashOf(identity, data) === hash);
}

function answers({ request }, identity, isSole) {
  if (!request) return isSole && identity.params.length === 0;
  return hasParams(request, identity) && hasHeaders(request, identity) && hasData(request, identity);
}

function hashOf({ method, endpoint, params, headers }, data) {
  return sha1(JSON.stringify({ method, endpoint, params, headers, data }));
}

function hasParams({ params = {} }, identity) {
  const recorded = Object.entries(params ?? {});
  const isAsked = ([key, value]) => identity.params.some(([name, text]) => name === key && text === String(value));
  return recorded.length === identity.params.length && recorded.every(isAsked);
}

function hasHeaders({ headers }, identity) {
  const recorded = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const told = recorded.filter(([name, value]) => !isForm(name, value)).sort(byKey);
  return JSON.stringify(told) === JSON.stringify(identity.headers);
}

function hasData({ data }, identity) {
  if (data === undefined) return true;
  if (!data) return identity.datas.includes(undefined);
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return identity.datas.includes(shortened(text));
}
