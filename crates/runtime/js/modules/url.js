'use strict';
// `require('url')`: the standard classes, and the parts of the older interface that are used outside of file paths.

const { URL, URLSearchParams } = require('internal/url');

function parseQuery(text) {
  const query = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in query) query[name] = [].concat(query[name], value);
    else query[name] = value;
  }
  return query;
}

/** The older `url.parse`, for absolute URLs and for paths. */
function parse(text, withQuery = false) {
  const isAbsolute = URL.canParse(text);
  const url = new URL(text, isAbsolute ? undefined : 'http://relative.invalid');
  const search = url.search || null;
  const credentials = url.password ? `${url.username}:${url.password}` : url.username;
  return {
    protocol: isAbsolute ? url.protocol : null,
    slashes: isAbsolute ? url.href.startsWith(`${url.protocol}//`) : null,
    auth: isAbsolute && credentials ? decodeURIComponent(credentials) : null,
    host: isAbsolute ? url.host : null,
    port: isAbsolute && url.port ? url.port : null,
    hostname: isAbsolute ? url.hostname : null,
    hash: url.hash || null,
    search: withQuery ? (search ?? '') : search,
    query: withQuery ? parseQuery(url.search) : search && search.slice(1),
    pathname: url.pathname || null,
    path: `${url.pathname}${url.search}` || null,
    href: isAbsolute ? url.href : `${url.pathname}${url.search}${url.hash}`,
  };
}

/** The older `url.format`: a URL, or an object with the fields of `parse`. */
function format(value) {
  if (typeof value === 'string') return parse(value).href;
  if (value instanceof URL) return value.href;
  const { auth, hash = '', pathname = '', query, hostname, port } = value;
  const host = value.host ?? (hostname ? `${hostname}${port ? `:${port}` : ''}` : '');
  let { protocol = '', search } = value;
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  // This interface writes a space as `%20`, unlike URLSearchParams.
  if (!search && query && typeof query === 'object')
    search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  if (search && !search.startsWith('?')) search = `?${search}`;
  const slashes = host || value.slashes ? '//' : '';
  const user = auth ? `${encodeURIComponent(auth).replace('%3A', ':')}@` : '';
  const path = host && pathname && !pathname.startsWith('/') ? `/${pathname}` : pathname;
  const fragment = hash && !hash.startsWith('#') ? `#${hash}` : hash;
  return `${protocol ?? ''}${slashes}${user}${host}${path ?? ''}${search ?? ''}${fragment ?? ''}`;
}

/** The older `url.resolve`. */
function resolve(from, to) {
  if (URL.canParse(from)) return new URL(to, from).href;
  const base = 'http://relative.invalid';
  const url = new URL(to, new URL(from, base));
  return url.href.startsWith(base) ? url.href.slice(base.length) : url.href;
}

function domainToASCII(domain) {
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : '';
}

module.exports = { URL, URLSearchParams, parse, format, resolve, domainToASCII };
