'use strict';
// An object as `application/x-www-form-urlencoded` text: nested keys as `a[b]`, lists of plain values as `a[]`,
// lists with objects as `a[0][b]`, nothing for undefined.

const isNested = (value) => typeof value === 'object' && value !== null && !(value instanceof Date);

function* pairs(value, key) {
  if (value === undefined) return;
  if (!isNested(value)) {
    yield [key, value === null ? '' : value instanceof Date ? value.toISOString() : String(value)];
    return;
  }
  const isPlainList = Array.isArray(value) && !value.some(isNested);
  for (const [name, item] of Object.entries(value))
    yield* pairs(item, isPlainList ? `${key}[]` : key === '' ? name : `${key}[${name}]`);
}

exports.encode = function encode(data) {
  const { URLSearchParams } = require('internal/url-search-params');
  return new URLSearchParams([...pairs(data, '')]).toString();
};
