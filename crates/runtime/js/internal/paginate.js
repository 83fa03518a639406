'use strict';
// `nango.paginate`: an async generator of pages. The three ways differ in what leads to the next page; what they share
// is the working object, which is the script's own `params` or `data`, changed in place.

const { SdkError } = require('internal/errors');

const BODY_METHODS = ['POST', 'PUT', 'PATCH'];

// The value at a path such as `data.items`, `links[0].href` or `0.id`. A key that has dots itself comes first: the next
// page of Microsoft Graph is at `@odata.nextLink`.
function valueAt(value, path) {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, path)) return value[path];
  let current = value;
  for (const key of String(path)
    .replace(/\[(\w+)\]/g, '.$1')
    .split('.')) {
    if (key === '') continue;
    if (current === undefined || current === null) return undefined;
    current = current[key];
  }
  return current;
}

// `{'page.limit': 5}` as `{page: {limit: 5}}`. Keys without a dot keep their values, not copies of them.
function expandDots(flat) {
  const expanded = {};
  for (const [key, value] of Object.entries(flat)) {
    const path = key.split('.');
    const last = path.pop();
    let target = expanded;
    for (const step of path) {
      if (step === '__proto__') continue;
      const next = Object.hasOwn(target, step) ? target[step] : undefined;
      target = target[step] = typeof next === 'object' && next !== null ? { ...next } : {};
    }
    target[last] = value;
  }
  return expanded;
}

function requireParam(settings, name) {
  if (!settings[name]) throw new Error(`Param ${name} is required for ${settings.type} pagination`);
}

function validate(settings, isRecorded) {
  const { type } = settings;
  if (!type) throw new Error('Pagination type is required');
  if (type === 'cursor') {
    requireParam(settings, 'cursor_name_in_request');
    requireParam(settings, 'cursor_path_in_response');
    if (settings.limit && !isRecorded) requireParam(settings, 'limit_name_in_request');
  } else if (type === 'link') {
    if (!settings.link_rel_in_response_header && !settings.link_path_in_response_body) {
      const names = 'link_rel_in_response_header or link_path_in_response_body';
      throw new Error(`Either param ${names} is required for link pagination`);
    }
  } else if (type === 'offset') {
    requireParam(settings, 'offset_name_in_request');
  } else {
    throw new Error(`Pagination type ${type} is not supported. Only cursor, link and offset are supported.`);
  }
}

// The target of a relation in a `Link` header (RFC 8288): `<https://...>; rel="next", ...`.
function linkWithRel(header, rel) {
  const text = Array.isArray(header) ? header.join(', ') : header;
  if (typeof text !== 'string') return undefined;
  for (const [, url, parameters] of text.matchAll(
    /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]*))?)*)/g,
  )) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
    const names = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/);
    if (names.includes(rel.toLowerCase())) return url;
  }
  return undefined;
}

/** Makes `nango.paginate` of one run. `request` sends one request; see internal/http.js. */
exports.createPaginate = function createPaginate(job, request) {
  return async function* paginate(config) {
    if (job.providerKnown === false) {
      throw new SdkError(
        'unknown_provider_template_in_config',
        `No Provider Template found for the provider: ${job.context.provider}`,
      );
    }
    if (!job.paginate && !config.paginate?.type) {
      throw new Error('There was no pagination configuration for this integration or configuration passed in.');
    }
    const settings = { ...job.paginate, ...config.paginate };
    validate(settings, job.harness === true);
    const call = prepareCall(config, settings, job);
    if (settings.type === 'cursor') yield* byCursor(call, settings, request);
    else if (settings.type === 'link') yield* byLink(call, settings, request);
    else yield* byOffset(call, settings, request);
  };
};

// The request to repeat: its configuration, the working object, and how to put one into the other.
function prepareCall(config, settings, job) {
  const { paginate, ...request } = config;
  request.method = String(config.method ?? 'GET').toUpperCase();
  const isBodyMethod = BODY_METHODS.includes(request.method);
  // Recorded requests were made by a double that does not know `in_body`.
  const inBody = job.harness === true ? isBodyMethod : (paginate?.in_body ?? isBodyMethod);
  const working = asObject(inBody ? request.data : request.params);
  if (settings.limit) working[settings.limit_name_in_request] = settings.limit;
  const apply = () => {
    if (inBody) request.data = expandDots(working);
    else request.params = working;
  };
  return { request, working, inBody, apply };
}

function asObject(value) {
  if (typeof value === 'string') {
    const { URLSearchParams } = require('internal/url-search-params');
    return Object.fromEntries(new URLSearchParams(value));
  }
  return value ?? {};
}

function itemsOf(response, settings) {
  return settings.response_path ? valueAt(response.data, settings.response_path) : response.data;
}

async function* byCursor({ request: config, working, apply }, settings, request) {
  for (;;) {
    apply();
    const response = await request(config);
    const items = itemsOf(response, settings);
    if (!items?.length) return;
    yield items;
    const next = toCursor(valueAt(response.data, settings.cursor_path_in_response));
    await settings.on_page?.({ nextPageParam: next, response });
    if (next === undefined) return;
    working[settings.cursor_name_in_request] = next;
  }
}

function toCursor(value) {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

async function* byLink({ request: config, apply }, settings, request) {
  apply();
  let previous;
  for (;;) {
    const response = await request(config);
    yield itemsOf(response, settings);
    const next = nextLink(response, settings);
    await settings.on_page?.({ nextPageParam: next, response });
    if (!next || next === previous) return;
    previous = next;
    follow(config, next);
  }
}

function nextLink(response, settings) {
  const { link_rel_in_response_header: rel, link_path_in_response_body: path } = settings;
  return rel ? linkWithRel(response.headers?.link, rel) : valueAt(response.data, path);
}

// The link carries the whole query, so the parameters of the first request go.
function follow(config, link) {
  delete config.params;
  const { URL } = require('internal/url');
  if (!URL.canParse(link)) {
    config.endpoint = link;
    return;
  }
  const url = new URL(link);
  config.baseUrlOverride = url.origin;
  config.endpoint = url.pathname + url.search;
}

async function* byOffset({ request: config, working, inBody, apply }, settings, request) {
  const step = settings.offset_calculation_method ?? 'by-response-size';
  let offset = Number(settings.offset_start_value ?? 0);
  for (;;) {
    working[settings.offset_name_in_request] = inBody ? offset : String(offset);
    apply();
    const response = await request(config);
    const items = itemsOf(response, settings);
    if (!items?.length) return;
    yield items;
    if (settings.limit && items.length < Number(settings.limit)) return;
    await settings.on_page?.({ nextPageParam: offset, response });
    offset += step === 'per-page' ? 1 : items.length;
  }
}
