// Assertions that say which field was wrong. A pattern is a plain value, an object or array of patterns,
// or a predicate; predicates carry a name for the message.

import { isDeepStrictEqual, inspect } from 'node:util';

const show = (value) => inspect(value, { depth: 5, breakLength: 160, maxStringLength: 300 });

export class Mismatch extends Error {}

export function fail(message) {
  throw new Mismatch(message);
}

const named = (name, test) => Object.assign(test, { label: name });
const ISO_MS_Z = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ISO_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ready-made predicates. */
export const is = {
  string: named('a string', (v) => typeof v === 'string'),
  text: named('a non-empty string', (v) => typeof v === 'string' && v.length > 0),
  int: named('an integer', (v) => Number.isInteger(v)),
  bool: named('a boolean', (v) => typeof v === 'boolean'),
  array: named('an array', Array.isArray),
  object: named('an object', (v) => v !== null && typeof v === 'object' && !Array.isArray(v)),
  uuid: named('a UUID', (v) => UUID.test(v)),
  isoZ: named('an ISO time with milliseconds and Z', (v) => ISO_MS_Z.test(v)),
  isoOffset: named('an ISO time with +00:00', (v) => ISO_OFFSET.test(v)),
  absent: named('absent', (v) => v === undefined),
  matching: (regex) => named(`text like ${regex}`, (v) => typeof v === 'string' && regex.test(v)),
  oneOf: (...values) => named(`one of ${values.join(', ')}`, (v) => values.includes(v)),
  textOtherThan: (value) =>
    named(`a non-empty string other than ${show(value)}`, (v) => typeof v === 'string' && v.length > 0 && v !== value),
};

/** `actual` has at least what `pattern` names; arrays must have the same length. */
export function contains(actual, pattern, path = 'value') {
  if (typeof pattern === 'function') {
    if (!pattern(actual)) fail(`${path}: expected ${pattern.label ?? 'a match'}, got ${show(actual)}`);
    return;
  }
  if (pattern === null || typeof pattern !== 'object' || Buffer.isBuffer(pattern)) {
    equal(actual, pattern, path);
    return;
  }
  if (actual === null || typeof actual !== 'object') fail(`${path}: expected ${show(pattern)}, got ${show(actual)}`);
  if (Array.isArray(pattern)) {
    if (!Array.isArray(actual)) fail(`${path}: expected an array, got ${show(actual)}`);
    if (actual.length !== pattern.length) fail(`${path}: expected ${pattern.length} items, got ${show(actual)}`);
  }
  for (const [name, inner] of Object.entries(pattern)) contains(actual[name], inner, `${path}.${name}`);
}

export function equal(actual, expected, path = 'value') {
  if (!isDeepStrictEqual(actual, expected)) fail(`${path}: expected ${show(expected)}, got ${show(actual)}`);
}

/** The keys of `object` are exactly `required`, plus any of `optional`. */
export function keys(object, required, optional = [], path = 'value') {
  if (object === null || typeof object !== 'object') fail(`${path}: expected an object, got ${show(object)}`);
  const present = Object.keys(object);
  const missing = required.filter((key) => !present.includes(key));
  const extra = present.filter((key) => !required.includes(key) && !optional.includes(key));
  if (missing.length || extra.length) {
    fail(`${path}: missing keys [${missing}], unexpected keys [${extra}] in ${show(object)}`);
  }
}

/** The promise rejects with an HTTP error of this status whose body contains `body`; gives back the response. */
export async function rejects(promise, status, body) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    if (!error.response) throw error;
    equal(error.response.status, status, `status (body ${show(error.response.data)})`);
    if (body) contains(error.response.data, body, 'error body');
    return error.response;
  }
  return fail(`expected a rejection with ${status}, got ${show(value?.data ?? value)}`);
}

/** `action` throws a plain argument error, before any request. */
export async function throwsLocally(action, message) {
  try {
    await action();
  } catch (error) {
    if (error.response || error.isAxiosError)
      fail(`expected an argument error, but a request was sent: ${error.message}`);
    if (!message.test(error.message)) fail(`expected an error like ${message}, got ${show(error.message)}`);
    return;
  }
  fail(`expected an argument error like ${message}`);
}
