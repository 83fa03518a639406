'use strict';
// Runs one script: loads its exports, checks that they suit the kind of the run, and calls the right function.

const loader = require('internal/loader');
const { createNango } = require('internal/nango');

// The `type` that a definition must carry for each kind of run.
const DEFINITION_TYPES = { sync: 'sync', webhook: 'sync', action: 'action', 'on-event': 'onEvent' };

const isEmptyObject = (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Runs a script to its end and resolves to the JSON text of its output. */
exports.run = async function run(wrapper, job, inputJson) {
  const nango = createNango(job);
  const input = inputJson === undefined || inputJson === '' ? undefined : JSON.parse(inputJson);
  const script = loader.evaluate(wrapper, job);
  const output = await invoke(script, job, nango, input);
  return serialise(job.kind, output);
};

function invoke(script, job, nango, input) {
  const main = script.default;
  if (typeof main === 'object' && main !== null) return invokeDefinition(main, job, nango, input);
  if (typeof main === 'function') return invokeFunction(script, job, nango, input);
  throw new Error('Invalid script exports');
}

// Scripts whose default export is an object with `type` and `exec`.
function invokeDefinition(definition, job, nango, input) {
  if (!job.objectStyle) throw new Error('Invalid script configuration');
  const { kind } = job;
  if (definition.type !== DEFINITION_TYPES[kind]) throw new Error(`Incorrect script loaded for ${kind}`);
  if (kind === 'webhook') {
    if (typeof definition.onWebhook !== 'function') throw new Error('Missing onWebhook function');
    return definition.onWebhook(nango, input);
  }
  if (typeof definition.exec !== 'function') throw new Error('Missing exec function');
  return kind === 'action' ? definition.exec(nango, input ?? {}) : definition.exec(nango);
}

// Older scripts, whose default export is the function itself.
function invokeFunction(script, job, nango, input) {
  if (job.kind === 'webhook') {
    if (typeof script.onWebhookPayloadReceived !== 'function') {
      throw new Error(`There is no onWebhookPayloadReceived export for ${job.name}`);
    }
    return script.onWebhookPayloadReceived(nango, input);
  }
  if (job.kind === 'action') return script.default(nango, isEmptyObject(input) ? undefined : input);
  return script.default(nango);
}

function serialise(kind, output) {
  if (kind === 'sync') return 'true';
  if (kind !== 'action') return 'null';
  return JSON.stringify(output) ?? 'null';
}
