'use strict';
// The engine compares texts by code point and prints numbers and dates without locales. These replacements are small
// here and do their work in the host or in internal/intl.js.

function define(prototype, name, value) {
  Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: false });
}

const intl = () => require('internal/intl').Intl;

exports.install = function install() {
  define(String.prototype, 'localeCompare', function localeCompare(that, locales, options) {
    const locale = Array.isArray(locales) ? locales[0] : locales;
    return native.compare(
      String(this),
      String(that),
      locale ?? '',
      options === undefined ? '{}' : JSON.stringify(options),
    );
  });
  define(Number.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return new (intl().NumberFormat)(locales, options).format(Number(this));
  });
  define(BigInt.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return new (intl().NumberFormat)(locales, options).format(BigInt(this));
  });
  define(Date.prototype, 'toLocaleString', function toLocaleString(locales, options) {
    return require('internal/intl').formatDate(this, locales, options, 'any', 'all');
  });
  define(Date.prototype, 'toLocaleDateString', function toLocaleDateString(locales, options) {
    return require('internal/intl').formatDate(this, locales, options, 'date', 'date');
  });
  define(Date.prototype, 'toLocaleTimeString', function toLocaleTimeString(locales, options) {
    return require('internal/intl').formatDate(this, locales, options, 'time', 'time');
  });
};
