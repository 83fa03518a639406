// Runs scripts on the JavaScript side alone: a fresh realm with nothing but the language in it, as in the real engine,
// and a host made of handlers.

import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { createNatives } from './natives.mjs';

const ROOT = new URL('../../', import.meta.url);
const sources = new Map();

function sourceOf(name) {
  if (!sources.has(name)) sources.set(name, readFileSync(new URL(`${name}.js`, ROOT), 'utf8'));
  return sources.get(name);
}

const DEFAULT_CONTEXT = {
  connectionId: 'user-1',
  providerConfigKey: 'github',
  provider: 'github',
  environmentId: 1,
  environmentName: 'dev',
  accountId: 1,
  activityLogId: 'op-1',
  nangoConnectionId: 7,
  isCLI: false,
  loggerLevel: 'info',
};

export const defaultJob = {
  name: 'fn',
  file: 'fn-github.cjs',
  kind: 'action',
  objectStyle: true,
  context: DEFAULT_CONTEXT,
  paginate: null,
  providerKnown: true,
  harness: false,
};

/** A failed host call: thrown by a handler, it becomes `settle(id, false, json)`. */
export class HostRefusal extends Error {
  constructor(detail) {
    super(detail.message);
    this.detail = detail;
  }
}

/** An answer with a body beside its JSON. */
export const withBody = (json, body) => ({ isAnswer: true, json, body });

/** A realm with the modules in it. `handlers` are host operations: `(args, bytes) => answer`, or a promise of one. */
export function createEngine(handlers = {}) {
  const context = vm.createContext({});
  // `vm` adds these two, which the real engine does not have.
  vm.runInContext('delete globalThis.console; delete globalThis.WebAssembly;', context);
  const RealmBytes = vm.runInContext('Uint8Array', context);
  const toRealm = (buffer) => RealmBytes.from(buffer).buffer;
  const loads = [];
  const calls = [];
  let nextId = 1;
  let main;

  async function handle(id, operation, args, bytes) {
    await null; // an answer never comes before the number of its call
    try {
      const answer = await handlers[operation](args, bytes);
      const { json, body } = answer?.isAnswer ? answer : { json: answer };
      const text = json === undefined ? undefined : JSON.stringify(json);
      main.settle(id, true, text, Buffer.isBuffer(body) ? toRealm(body) : body);
    } catch (error) {
      main.settle(id, false, JSON.stringify(error.detail ?? { message: error.message }), undefined);
    }
  }

  const native = {
    ...createNatives(toRealm),
    call(operation, json, bytes) {
      const id = nextId++;
      const args = JSON.parse(json);
      calls.push({ operation, args, bytes: bytes && Buffer.from(bytes) });
      if (operation in handlers) void handle(id, operation, args, bytes);
      else if (operation !== 'log') throw new Error(`no handler for ${operation}`);
      return id;
    },
    load(name) {
      loads.push(name);
      return vm.compileFunction(sourceOf(name), ['exports', 'require', 'module', 'native'], {
        filename: `js/${name}.js`,
        parsingContext: context,
      });
    },
    finish: () => undefined,
  };

  const module = { exports: {} };
  native.load('main')(module.exports, undefined, module, native);
  main = module.exports;

  const compile = (source, file) =>
    vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: file,
      parsingContext: context,
    });

  function finished(begin) {
    return new Promise((resolve) => {
      native.finish = (ok, json) => resolve({ ok, value: JSON.parse(json), json });
      begin();
    });
  }

  return {
    calls,
    loads,
    context,
    callsOf: (operation) => calls.filter((call) => call.operation === operation).map(({ args }) => args),
    /** Runs a script; resolves to `{ok, value}`. */
    run(source, { input, ...job } = {}) {
      const merged = { ...defaultJob, ...job, context: { ...DEFAULT_CONTEXT, ...job.context } };
      const inputJson = input === undefined ? undefined : JSON.stringify(input);
      return finished(() => main.start(compile(source, merged.file), JSON.stringify(merged), inputJson));
    },
    describe: (source) => finished(() => main.describe(compile(source, defaultJob.file), JSON.stringify(defaultJob))),
  };
}

/** The body of an action's `exec` as a whole script. */
export const action = (body) => `exports.default = { type: 'action', exec: async (nango, input) => {${body}} };`;

/** Runs the body of an action and returns its output, or throws its failure. */
export async function evaluate(body, { handlers, ...job } = {}) {
  const engine = createEngine(handlers);
  const { ok, value } = await engine.run(action(body), job);
  if (!ok) throw Object.assign(new Error(JSON.stringify(value)), { failure: value });
  return value;
}

/** A module of the runtime, in a realm of its own: `load('modules/buffer')`. */
export async function loadModule(name) {
  const engine = createEngine();
  const { ok, value } = await engine.run(
    action(`globalThis.__loaded = require('${name}'); Buffer; URL; URLSearchParams;`),
  );
  if (!ok) throw new Error(JSON.stringify(value));
  return engine.context.__loaded;
}
