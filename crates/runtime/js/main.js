'use strict';
// Entry of the JavaScript side. The host evaluates this file once per run and calls its three exports; everything else
// under js/ is read when it is first required, so that a run pays only for what its function touches.
//
// Each file is the body of `function (exports, require, module, native)`, and is named by its path below js/ without
// the extension: `require('internal/http')`.

const loaded = new Map();

function load(name) {
  let module = loaded.get(name);
  if (module === undefined) {
    module = { exports: {} };
    loaded.set(name, module);
    native.load(name)(module.exports, load, module, native);
  }
  return module.exports;
}

const calls = load('internal/calls');

// Tells the host the end of the run. A breach of a limit inside this function is the host's to notice.
function finishWith(promise) {
  promise.then(
    (text) => native.finish(true, text),
    (error) => native.finish(false, load('internal/failure').describe(error)),
  );
}

/**
 * Begins a run. `wrapper` is the compiled script as `function (exports, require, module, __filename, __dirname)`.
 * Ends with `native.finish(true, <JSON of the output>)` or `native.finish(false, <JSON of a failure>)`; the shape of a
 * failure is described in internal/failure.js. Never throws.
 */
exports.start = function start(wrapper, jobJson, inputJson) {
  finishWith(load('internal/entry').run(wrapper, JSON.parse(jobJson), inputJson));
};

/** Evaluates a script without running it and finishes with its definition; see internal/definition.js. */
exports.describe = function describe(wrapper, jobJson) {
  finishWith(load('internal/definition').read(wrapper, JSON.parse(jobJson)));
};

/** The answer of an asynchronous host call; see internal/calls.js. */
exports.settle = calls.settle;
