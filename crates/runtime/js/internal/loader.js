'use strict';
// What a script's own `require` reaches, and the evaluation of a script.

// Public name -> file below js/. A `node:` prefix is accepted where Node has the module.
const MODULES = {
  zod: 'modules/zod',
  url: 'modules/url',
  crypto: 'modules/crypto',
  buffer: 'modules/buffer',
  nango: 'modules/nango',
  'nango/experimental': 'modules/nango',
  soap: 'modules/soap',
  unzipper: 'modules/unzipper',
  botbuilder: 'modules/botbuilder',
  'node:url': 'modules/url',
  'node:crypto': 'modules/crypto',
  'node:buffer': 'modules/buffer',
};

function scriptRequire(name) {
  if (typeof name !== 'string' || !Object.hasOwn(MODULES, name)) throw new Error(`Module '${name}' is not allowed`);
  return require(MODULES[name]);
}

/** Installs the globals of scripts, evaluates the script, and returns its exports. */
exports.evaluate = function evaluate(wrapper, job) {
  require('internal/globals').install(job, scriptRequire);
  const module = { exports: {} };
  wrapper.call(module.exports, module.exports, scriptRequire, module, job.file, '');
  return module.exports;
};
