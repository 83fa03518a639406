'use strict';
// Searching in a Buffer for a byte, bytes or a text.

function toStart(offset, length, fallback) {
  const whole = Number(offset);
  if (offset === undefined || Number.isNaN(whole)) return fallback;
  const start = Math.trunc(whole);
  return start < 0 ? start + length : start;
}

function matchesAt(buffer, needle, at) {
  for (let index = 0; index < needle.length; index++) if (buffer[at + index] !== needle[index]) return false;
  return true;
}

function toNeedle(value, encoding, toBytes) {
  return typeof value === 'number' ? [Math.trunc(value) & 255] : toBytes(value, encoding);
}

function indexOf(buffer, value, offset, encoding, toBytes) {
  if (typeof offset === 'string') return indexOf(buffer, value, 0, offset, toBytes);
  const needle = toNeedle(value, encoding, toBytes);
  const start = Math.max(toStart(offset, buffer.length, 0), 0);
  if (needle.length === 0) return Math.min(start, buffer.length);
  const last = buffer.length - needle.length;
  // The engine's own search for the first byte is much faster than a loop here.
  let at = Uint8Array.prototype.indexOf.call(buffer, needle[0], start);
  while (at !== -1 && at <= last) {
    if (matchesAt(buffer, needle, at)) return at;
    at = Uint8Array.prototype.indexOf.call(buffer, needle[0], at + 1);
  }
  return -1;
}

function lastIndexOf(buffer, value, offset, encoding, toBytes) {
  if (typeof offset === 'string') return lastIndexOf(buffer, value, undefined, offset, toBytes);
  const needle = toNeedle(value, encoding, toBytes);
  const start = toStart(offset, buffer.length, buffer.length);
  if (needle.length === 0) return Math.min(Math.max(start, 0), buffer.length);
  for (let at = Math.min(start, buffer.length - needle.length); at >= 0; at--) {
    if (matchesAt(buffer, needle, at)) return at;
  }
  return -1;
}

module.exports = { indexOf, lastIndexOf };
