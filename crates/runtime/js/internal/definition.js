'use strict';
// What a script says about itself, for compile and deploy. The shape is `Definition` of the project's compiler:
//
//   {style, exports, type, description, version, frequency, autoStart, syncType, trackDeletes, endpoints, endpoint,
//    scopes, event, webhookSubscriptions, hasOnWebhook, models, input, output, metadata, checkpoint}
//
// Absent options are left out; `models` is {Name: schema}; schemas are JSON Schema draft 7.

const loader = require('internal/loader');

const OPTIONS = [
  'type',
  'description',
  'version',
  'frequency',
  'autoStart',
  'syncType',
  'trackDeletes',
  'endpoints',
  'endpoint',
  'scopes',
  'event',
  'webhookSubscriptions',
];
const SCHEMAS = ['input', 'output', 'metadata', 'checkpoint'];

// Kinds that JSON Schema has no word for.
function override({ zodSchema, jsonSchema }) {
  const { type } = zodSchema._zod.def;
  if (type === 'void') jsonSchema.type = 'null';
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
}

function toJsonSchema(schema) {
  const { toJSONSchema } = require('modules/zod');
  const { $schema, ...json } = toJSONSchema(schema, { target: 'draft-7', unrepresentable: 'any', override });
  return json;
}

function readObject(definition) {
  const read = {};
  for (const name of OPTIONS) if (definition[name] !== undefined) read[name] = definition[name];
  for (const name of SCHEMAS) if (definition[name]) read[name] = toJsonSchema(definition[name]);
  read.models = {};
  for (const [name, schema] of Object.entries(definition.models ?? {})) read.models[name] = toJsonSchema(schema);
  read.hasOnWebhook = typeof definition.onWebhook === 'function';
  read.hasExec = typeof definition.exec === 'function';
  return read;
}

/** Resolves to the JSON text of the definition. */
exports.read = async function read(wrapper, job) {
  const script = loader.evaluate(wrapper, job);
  const main = script.default;
  const names = Object.keys(script);
  if (typeof main === 'function') {
    const hasOnWebhook = typeof script.onWebhookPayloadReceived === 'function';
    return JSON.stringify({ style: 'function', exports: names, hasOnWebhook });
  }
  if (typeof main !== 'object' || main === null) throw new Error('Invalid script exports');
  return JSON.stringify({ style: 'object', exports: names, ...readObject(main) });
};
