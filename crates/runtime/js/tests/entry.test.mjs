import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from './support/engine.mjs';

const run = (source, job) => createEngine().run(source, job);
const messageOf = async (source, job) => (await run(source, job)).value.payload.message;

test('an action gets its input, and an empty object without one', async () => {
  const source = "exports.default = { type: 'action', exec: (nango, input) => ({ got: input }) };";
  assert.deepEqual((await run(source, { input: { a: 1 } })).value, { got: { a: 1 } });
  assert.deepEqual((await run(source)).value, { got: {} });
  assert.deepEqual((await run(source, { input: null })).value, { got: {} });
});

test('an action without a result answers null', async () => {
  assert.equal((await run("exports.default = { type: 'action', exec() {} };")).json, 'null');
});

test('a sync answers true, other kinds null', async () => {
  const sync =
    "exports.default = { type: 'sync', exec: () => 5, onWebhook: (nango, body) => { throw new Error(body.x); } };";
  assert.equal((await run(sync, { kind: 'sync' })).json, 'true');
  assert.equal(await messageOf(sync, { kind: 'webhook', input: { x: 'called' } }), 'called');
  assert.equal(
    (await run("exports.default = { type: 'onEvent', exec: () => 5 };", { kind: 'on-event' })).json,
    'null',
  );
});

test('older scripts export functions', async () => {
  const job = { objectStyle: false };
  const source = 'exports.default = async (nango, input) => ({ got: input === undefined ? "nothing" : input });';
  assert.deepEqual((await run(source, { ...job, input: { a: 1 } })).value, { got: { a: 1 } });
  assert.deepEqual((await run(source, { ...job, input: {} })).value, { got: 'nothing' });
  const hook =
    'exports.default = () => 1; exports.onWebhookPayloadReceived = (nango, body) => { throw new Error(body.x); };';
  assert.equal(await messageOf(hook, { ...job, kind: 'webhook', input: { x: 'hook' } }), 'hook');
});

test('scripts that do not suit the run are refused', async () => {
  const sync = "exports.default = { type: 'sync', exec() {} };";
  assert.equal(await messageOf(sync), 'Incorrect script loaded for action');
  assert.equal(await messageOf("exports.default = { type: 'action' };"), 'Missing exec function');
  assert.equal(await messageOf(sync, { kind: 'webhook' }), 'Missing onWebhook function');
  assert.equal(await messageOf(sync, { kind: 'sync', objectStyle: false }), 'Invalid script configuration');
  assert.equal(await messageOf('exports.default = 5;'), 'Invalid script exports');
  assert.equal(await messageOf(''), 'Invalid script exports');
  assert.equal(
    await messageOf('exports.default = () => 1;', { kind: 'webhook', name: 'issues' }),
    'There is no onWebhookPayloadReceived export for issues',
  );
});

test('modules outside the list are refused', async () => {
  for (const name of ['fs', 'node:fs', 'internal/nango', 'toString', 'node:zod']) {
    assert.equal(await messageOf(`require('${name}');`), `Module '${name}' is not allowed`);
  }
});

test('modules of the list can be required, and those of Node with their prefix', async () => {
  const names = ['zod', 'url', 'crypto', 'buffer', 'nango', 'nango/experimental', 'soap', 'unzipper', 'botbuilder'];
  for (const name of [...names, 'node:url', 'node:crypto', 'node:buffer']) {
    const { ok, value } = await run(
      `const m = require('${name}'); exports.default = { type: 'action', exec: () => typeof m };`,
    );
    assert.deepEqual([ok, value], [true, 'object'], name);
  }
});

test('the create functions of the nango package add the type', async () => {
  const source = "const { createAction } = require('nango'); exports.default = createAction({ exec: () => 'done' });";
  assert.equal((await run(source)).value, 'done');
});

test('a script that uses little reads little', async () => {
  const engine = createEngine();
  await engine.run("exports.default = { type: 'action', exec: () => 1 };");
  for (const name of ['modules/vendor/zod', 'modules/buffer', 'internal/url', 'internal/records']) {
    assert.ok(!engine.loads.includes(name), name);
  }
});

test('a script describes itself with JSON schemas', async () => {
  const { ok, value } = await createEngine().describe(`const { z } = require('zod');
    exports.default = { type: 'sync', description: 'd', version: '1.0.0', frequency: 'every hour', autoStart: true,
      syncType: 'full', trackDeletes: false, endpoints: [{ method: 'GET', path: '/x' }], scopes: ['a'],
      webhookSubscriptions: ['*'], metadata: z.void(), checkpoint: z.object({ at: z.string() }),
      models: { Issue: z.object({ id: z.string(), at: z.date(), big: z.bigint().optional() }) },
      exec() {}, onWebhook() {} };`);
  assert.equal(ok, true);
  assert.deepEqual(value, {
    style: 'object',
    exports: ['default'],
    type: 'sync',
    description: 'd',
    version: '1.0.0',
    frequency: 'every hour',
    autoStart: true,
    syncType: 'full',
    trackDeletes: false,
    endpoints: [{ method: 'GET', path: '/x' }],
    scopes: ['a'],
    webhookSubscriptions: ['*'],
    metadata: { type: 'null' },
    checkpoint: {
      type: 'object',
      properties: { at: { type: 'string' } },
      required: ['at'],
      additionalProperties: false,
    },
    models: {
      Issue: {
        type: 'object',
        properties: { id: { type: 'string' }, at: { type: 'string', format: 'date-time' }, big: {} },
        required: ['id', 'at'],
        additionalProperties: false,
      },
    },
    hasOnWebhook: true,
    hasExec: true,
  });
});

test('an older script describes itself by its exports', async () => {
  const { value } = await createEngine().describe(
    'exports.default = () => 1; exports.onWebhookPayloadReceived = () => 2;',
  );
  assert.deepEqual(value, {
    style: 'function',
    exports: ['default', 'onWebhookPayloadReceived'],
    hasOnWebhook: true,
  });
});
