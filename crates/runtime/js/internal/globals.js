'use strict';
// The globals beyond the language. Each is read when it is first used, so a script without them pays nothing.
// The set is what existing scripts were written for, and what is harmless beside it.

const LAZY = {
  Buffer: () => require('modules/buffer').Buffer,
  atob: () => require('modules/buffer').atob,
  btoa: () => require('modules/buffer').btoa,
  URL: () => require('internal/url').URL,
  URLSearchParams: () => require('internal/url-search-params').URLSearchParams,
  TextEncoder: () => require('internal/text-encoding').TextEncoder,
  TextDecoder: () => require('internal/text-encoding').TextDecoder,
  Headers: () => require('internal/fetch-headers').Headers,
  setTimeout: () => require('internal/timers').setTimeout,
  clearTimeout: () => require('internal/timers').clearTimeout,
  Intl: () => require('internal/intl').Intl,
};

function defineLazy(name, read) {
  const define = (value) =>
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  Object.defineProperty(globalThis, name, {
    get() {
      const value = read();
      define(value);
      return value;
    },
    set: define,
    configurable: true,
    enumerable: false,
  });
}

// A recorded run sees the time of the recording, at which its requests were made. Spans are none of its business.
function stopClock(moment) {
  const RealDate = Date;
  const now = new RealDate(moment).getTime();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, values, type) => Reflect.construct(target, values.length === 0 ? [now] : values, type),
    apply: () => new RealDate(now).toString(),
    get: (target, key) => (key === 'now' ? () => now : target[key]),
  });
}

exports.install = function install(job, scriptRequire) {
  if (job.harness === true && job.now !== undefined && job.now !== null) stopClock(job.now);
  for (const [name, read] of Object.entries(LAZY)) defineLazy(name, read);
  // Bundles of other tools look for these as globals instead of as parameters.
  defineLazy('require', () => scriptRequire);
  defineLazy('console', () => require('internal/console').createConsole(job.consoleToLog === true));
  defineLazy('queueMicrotask', () => (callback) => void Promise.resolve().then(callback));
  require('internal/locale').install();
};
