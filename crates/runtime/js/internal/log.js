'use strict';
// `nango.log(message, meta?, {level}?)`. Logging never fails a run.

const { notify } = require('internal/calls');

const WEIGHTS = { debug: 0, info: 1, warn: 2, error: 3, off: 4 };
// Names of levels of older scripts.
const LEGACY = { verbose: 'debug', silly: 'debug', http: 'info' };
const MESSAGE_BYTES_MAX = 99_000;

const isObject = (value) => typeof value === 'object' && value !== null;

// Errors have no enumerable fields, and JSON would show `{}`.
function showErrors(key, value) {
  return value instanceof Error ? { name: value.name, message: value.message, ...value } : value;
}

/** A value as the text of a message. */
function toText(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // cycles and big integers
  }
}

function cut(text) {
  if (text.length * 3 <= MESSAGE_BYTES_MAX || native.byteLength(text, 'utf8') <= MESSAGE_BYTES_MAX) return text;
  let end = Math.min(text.length, MESSAGE_BYTES_MAX);
  while (native.byteLength(text.slice(0, end), 'utf8') > MESSAGE_BYTES_MAX) end = Math.floor(end * 0.9);
  return text.slice(0, end).toWellFormed();
}

function toMeta(value) {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return { value: typeof value === 'bigint' ? String(value) : value };
  try {
    const json = JSON.stringify(value instanceof Error ? showErrors('', value) : value, showErrors);
    if (json === undefined) return undefined;
    const meta = JSON.parse(json);
    if (Array.isArray(meta)) return { ...meta };
    return isObject(meta) ? meta : { value: meta };
  } catch {
    return { value: String(value) };
  }
}

/** Sends one entry if the logger's level lets it through. */
function log(logger, values) {
  try {
    const last = values.at(-1);
    const options = isObject(last) && 'level' in last ? values.pop() : undefined;
    if (values.length === 0) return;
    const level = LEGACY[options?.level] ?? (options?.level in WEIGHTS ? options.level : 'info');
    if (WEIGHTS[level] < (WEIGHTS[logger.level] ?? WEIGHTS.warn)) return;
    notify('log', { level, message: cut(toText(values[0])), meta: toMeta(values[1]) });
  } catch {
    // A getter of a logged value threw.
  }
}

module.exports = { log, toText };
