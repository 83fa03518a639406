import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostRefusal, action, createEngine, evaluate, withBody } from './support/engine.mjs';

test('blocked properties throw and stay hidden', async () => {
  const names = [
    'nango',
    'persistClient',
    'attributes',
    'telemetryBag',
    'abortSignal',
    'getProxyConfig',
    'constructor',
    '__proto__',
  ];
  const value = await evaluate(`
    const messages = ${JSON.stringify(names)}.map((name) => { try { return nango[name]; } catch (e) { return e.message; } });
    return { messages, hidden: ${JSON.stringify(names)}.some((name) => name in nango || Object.keys(nango).includes(name)),
             prototype: Object.getPrototypeOf(nango) };`);
  assert.deepEqual(
    value.messages,
    names.map((name) => `Access to "${name}" is not allowed.`),
  );
  assert.equal(value.hidden, false);
  assert.equal(value.prototype, null);
});

test('methods work without the object', async () => {
  const handlers = { http: () => withBody({ status: 200, headers: {}, url: '' }, '{"a":1}') };
  assert.equal(
    await evaluate("const { get } = nango; return (await get({ endpoint: '/x' })).data.a;", { handlers }),
    1,
  );
});

test('properties tell about the run', async () => {
  const value = await evaluate(
    'return [nango.connectionId, nango.providerConfigKey, nango.environmentName, nango.scriptType, nango.isCLI, nango.logger, typeof nango.batchSave];',
  );
  assert.deepEqual(value, ['user-1', 'github', 'dev', 'action', false, { level: 'info' }, 'undefined']);
});

test('a sync has the properties of syncs', async () => {
  const engine = createEngine();
  const context = { lastSyncDate: '2026-01-02T03:04:05.000Z', variant: 'eu', trackDeletes: true, emptyCache: true };
  const { value } = await engine.run(
    `exports.default = { type: 'sync', exec(nango) {
       throw new nango.ActionError({ at: nango.lastSyncDate.getTime(), variant: nango.variant, deletes: nango.track_deletes,
                                     empty: nango.emptyCache, kinds: typeof nango.batchSave }); } };`,
    { kind: 'sync', context },
  );
  assert.deepEqual(value.payload, {
    at: Date.parse(context.lastSyncDate),
    variant: 'eu',
    deletes: true,
    empty: true,
    kinds: 'function',
  });
});

test('a connection is read once a minute, and again with options', async () => {
  let reads = 0;
  const handlers = { 'connection.get': () => ({ metadata: { n: ++reads } }) };
  const value = await evaluate(
    `const all = await Promise.all([nango.getMetadata(), nango.getConnection(), nango.getConnection('other', 'c')]);
     const fresh = await nango.getConnection(undefined, undefined, { forceRefresh: true });
     return [...all, fresh, await nango.getMetadata()];`,
    { handlers },
  );
  assert.deepEqual(value, [
    { n: 1 },
    { metadata: { n: 1 } },
    { metadata: { n: 2 } },
    { metadata: { n: 3 } },
    { n: 1 },
  ]);
});

test('changed metadata is read anew', async () => {
  let stored = { a: 1 };
  const handlers = {
    'connection.get': () => ({ metadata: stored }),
    'metadata.update': ({ metadata }) => (stored = { ...stored, ...metadata }),
    'metadata.set': ({ metadata }) => (stored = metadata),
  };
  const value = await evaluate(
    `const before = await nango.getMetadata(); const { status } = await nango.updateMetadata({ b: 2 });
     const after = await nango.getMetadata(); await nango.setFieldMapping({ x: 'y' });
     const mapping = await nango.getFieldMapping(); await nango.setMetadata({});
     return [before, status, after, mapping, await nango.getMetadata()];`,
    { handlers },
  );
  assert.deepEqual(value, [{ a: 1 }, 200, { a: 1, b: 2 }, { x: 'y' }, {}]);
});

test('a failed read of the connection is not kept', async () => {
  let reads = 0;
  const handlers = {
    'connection.get'() {
      if (++reads === 1) throw new HostRefusal({ code: 'unknown_connection', message: 'gone', status: 400 });
      return { id: 1 };
    },
  };
  const body = `const codes = []; try { await nango.getConnection(); } catch (e) { codes.push(e.response.data.error.code); }
    return [...codes, await nango.getConnection()];`;
  assert.deepEqual(await evaluate(body, { handlers }), ['unknown_connection', { id: 1 }]);
});

test('the other readers ask the host', async () => {
  const handlers = {
    'token.get': () => 'tok',
    'integration.get': ({ include }) => ({ unique_key: 'github', include, webhook_url: 'https://hooks.test/x' }),
    'environment.variables': () => [{ name: 'A', value: '1' }],
  };
  const value = await evaluate(
    `return [await nango.getToken(), (await nango.getIntegration()).unique_key, await nango.getWebhookURL(),
             await nango.getEnvironmentVariables()];`,
    { handlers },
  );
  assert.deepEqual(value, ['tok', 'github', 'https://hooks.test/x', [{ name: 'A', value: '1' }]]);
});

test('flow attributes need a job', async () => {
  const context = { syncJobId: 5, syncConfig: { attributes: { a: 1 } } };
  assert.deepEqual(await evaluate('return nango.getFlowAttributes();', { context }), { a: 1 });
  await assert.rejects(
    evaluate('return nango.getFlowAttributes();'),
    /There is no current sync to get attributes from/,
  );
});

test('functions trigger others', async () => {
  const engine = createEngine({
    'action.trigger': () => ({ done: true }),
    'sync.trigger': () => null,
    'sync.start': () => null,
  });
  const { value } = await engine.run(
    action(`const out = await nango.triggerAction('slack', 'c', 'send', { a: 1 });
      await nango.triggerSync('slack', 'c', 'users', { reset: true });
      await nango.triggerSync('slack', 'c', 'users', 'full_refresh_and_clear_cache');
      await nango.triggerSync('slack', 'c', 'users', true);
      await nango.startSync('slack', ['users'], 'c');
      return out;`),
  );
  assert.deepEqual(value, { done: true });
  assert.deepEqual(
    engine.callsOf('sync.trigger').map(({ opts }) => opts),
    [{ reset: true }, { reset: true, emptyCache: true }, { reset: true, emptyCache: false }],
  );
  assert.deepEqual(engine.callsOf('sync.start'), [
    { providerConfigKey: 'slack', syncs: ['users'], connectionId: 'c' },
  ]);
});

test('locks check their arguments', async () => {
  const handlers = { 'lock.acquire': () => true, 'lock.release': () => false, 'lock.release_all': () => undefined };
  const value = await evaluate(
    `const refused = [];
     for (const bad of [{ key: '', ttlMs: 1 }, { key: 'a'.repeat(256), ttlMs: 1 }, { key: 'a', ttlMs: 0 }]) {
       await nango.tryAcquireLock(bad).catch((e) => refused.push(e.message.split(':')[0]));
     }
     await nango.releaseAllLocks();
     return [refused, await nango.tryAcquireLock({ key: 'a', ttlMs: 1000 }), await nango.releaseLock({ key: 'a' })];`,
    { handlers },
  );
  assert.deepEqual(value, [['Invalid lock key', 'Invalid lock key', 'Invalid lock ttlMs'], true, false]);
});

test('log entries have a message, a meta and a level', async () => {
  const engine = createEngine();
  await engine.run(
    action(`await nango.log('a'); await nango.log('b', { x: 1 }); await nango.log('c', [1, 2], { level: 'error' });
      await nango.log({ y: 1 }); await nango.log('d', { level: 'http' }); await nango.log('e', { level: 'silly' });
      await nango.log(new TypeError('f'), { level: 'warn' }); await nango.log('g', new Error('h')); await nango.log();
      const o = {}; o.o = o; await nango.log(o); await nango.log('big', 5n);`),
  );
  assert.deepEqual(engine.callsOf('log'), [
    { level: 'info', message: 'a' },
    { level: 'info', message: 'b', meta: { x: 1 } },
    { level: 'error', message: 'c', meta: { 0: 1, 1: 2 } },
    { level: 'info', message: '{"y":1}' },
    { level: 'info', message: 'd' },
    { level: 'warn', message: 'TypeError: f' },
    { level: 'info', message: 'g', meta: { name: 'Error', message: 'h' } },
    { level: 'info', message: '[object Object]' },
    { level: 'info', message: 'big', meta: { value: '5' } },
  ]);
});

test("entries below the logger's level are not sent", async () => {
  const all = ['debug', 'info', 'warn', 'error'];
  const body = all.map((level) => `await nango.log('${level}', { level: '${level}' });`).join('');
  for (const [loggerLevel, expected] of [
    ['debug', all],
    ['warn', ['warn', 'error']],
    ['off', []],
  ]) {
    const engine = createEngine();
    await engine.run(action(body), { context: { loggerLevel } });
    assert.deepEqual(
      engine.callsOf('log').map(({ level }) => level),
      expected,
    );
  }
});

test('the level can be changed unless logging is off', async () => {
  const body = "nango.setLogger({ level: 'debug' }); await nango.log('x', { level: 'debug' });";
  for (const [loggerLevel, count] of [
    ['error', 1],
    ['off', 0],
  ]) {
    const engine = createEngine();
    await engine.run(action(body), { context: { loggerLevel } });
    assert.equal(engine.callsOf('log').length, count);
  }
});

test('long messages are cut', async () => {
  const engine = createEngine();
  await engine.run(action("await nango.log('é'.repeat(99000));"));
  const [{ message }] = engine.callsOf('log');
  assert.ok(Buffer.byteLength(message) <= 99_000 && Buffer.byteLength(message) > 80_000);
});

test('zodValidateInput passes parsed input and logs each issue', async () => {
  const engine = createEngine();
  const source = (input) =>
    action(`const { z } = require('zod');
      return await nango.zodValidateInput({ zodSchema: z.object({ a: z.object({ b: z.string() }), c: z.coerce.number() }), input: ${input} });`);
  const { value } = await engine.run(source("{ a: { b: 'x' }, c: '5' }"));
  assert.deepEqual(value, { success: true, data: { a: { b: 'x' }, c: 5 } });
  const failed = await engine.run(source("{ a: { b: 1 }, c: 'x' }"));
  assert.equal(failed.value.type, 'action_script_runtime_error');
  assert.deepEqual(failed.value.payload, { message: 'Invalid input provided' });
  assert.deepEqual(engine.callsOf('log'), [
    {
      level: 'error',
      message: 'Invalid input provided: Invalid input: expected string, received number at path a.b',
    },
    { level: 'error', message: 'Invalid input provided: Invalid input: expected number, received NaN at path c' },
  ]);
});

test('a recorded run does not validate', async () => {
  const body = 'return await nango.zodValidateInput({ zodSchema: null, input: { a: 1 } });';
  assert.deepEqual(await evaluate(body, { harness: true }), { data: { a: 1 } });
});

test('uncontrolledFetch answers a response of the Fetch standard', async () => {
  const engine = createEngine({
    fetch: () =>
      withBody(
        { status: 404, statusText: 'No', headers: { 'X-A': 'b' }, url: 'https://a.test/', redirected: true },
        Buffer.from('{"é":1}'),
      ),
  });
  const { value } = await engine.run(
    action(`const r = await nango.uncontrolledFetch({ url: new URL('https://a.test'), method: 'POST', headers: { 'X-B': 1 }, body: 'hi' });
      const copy = r.clone(); const text = await r.text();
      const again = await r.text().catch((e) => e.name);
      return [r.ok, r.status, r.headers.get('x-a'), [...r.headers], text, again, await copy.json(), r.redirected];`),
  );
  assert.deepEqual(value, [false, 404, 'b', [['x-a', 'b']], '{"é":1}', 'TypeError', { é: 1 }, true]);
  assert.deepEqual(engine.callsOf('fetch'), [
    { url: 'https://a.test/', method: 'POST', headers: { 'x-b': '1' }, body: 'hi' },
  ]);
});

test('refusals of uncontrolledFetch are ActionErrors', async () => {
  const engine = createEngine({
    fetch() {
      throw new HostRefusal({ code: 'url_not_allowed', message: 'private address' });
    },
  });
  const { value } = await engine.run(action("await nango.uncontrolledFetch({ url: new URL('http://10.0.0.1') });"));
  assert.equal(value.type, 'action_script_runtime_error');
  assert.deepEqual(value.payload, { code: 'url_not_allowed', message: 'private address' });
});

test('a checkpoint keeps its version from call to call', async () => {
  const engine = createEngine({
    'checkpoint.get': () => ({ checkpoint: { page: 1 }, version: 4 }),
    'checkpoint.save': ({ version }) => ({ version: version + 1 }),
    'checkpoint.clear': () => undefined,
  });
  const { value } = await engine.run(
    action(`const read = await nango.getCheckpoint();
      await nango.saveCheckpoint({ page: 2, at: new Date(0), done: false, gone: undefined });
      await nango.saveCheckpoint({ page: 3 }); await nango.clearCheckpoint(); return read;`),
  );
  assert.deepEqual(value, { page: 1 });
  assert.deepEqual(engine.callsOf('checkpoint.save'), [
    { checkpoint: { page: 2, at: '1970-01-01T00:00:00.000Z', done: false }, version: 4 },
    { checkpoint: { page: 3 }, version: 5 },
  ]);
  assert.deepEqual(engine.callsOf('checkpoint.clear'), [{ version: 6 }]);
});

test('checkpoints that are not small and flat are refused', async () => {
  const bad = [
    '5',
    'null',
    '[1]',
    '{ a: {} }',
    '{ a: null }',
    '{ a: NaN }',
    "{ a: 'x'.repeat(4001) }",
    "{ ['k'.repeat(256)]: 1 }",
    'Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i]))',
  ];
  for (const value of bad)
    await assert.rejects(evaluate(`await nango.saveCheckpoint(${value});`), /Invalid checkpoint/, value);
});

test('a recorded run keeps any checkpoint', async () => {
  const handlers = { 'checkpoint.save': () => undefined };
  assert.equal(
    await evaluate("await nango.saveCheckpoint({ a: { b: 'x'.repeat(5000) } });", { handlers, harness: true }),
    null,
  );
});

test('refused changes of a checkpoint say which', async () => {
  const refuse = () => {
    throw new HostRefusal({
      code: 'checkpoint_conflict',
      message: 'Checkpoint has been updated since last read',
      status: 409,
    });
  };
  const handlers = { 'checkpoint.save': refuse, 'checkpoint.clear': refuse };
  await assert.rejects(
    evaluate('await nango.saveCheckpoint({ a: 1 });', { handlers }),
    /Error saving checkpoint: Checkpoint has been updated since last read/,
  );
  await assert.rejects(evaluate('await nango.clearCheckpoint();', { handlers }), /Error deleting checkpoint: /);
});

test('a run whose time is over is interrupted after saving', async () => {
  const handlers = { 'checkpoint.save': () => ({ version: 1, interrupt: true }) };
  const { value } = await createEngine(handlers).run(action('await nango.saveCheckpoint({ a: 1 });'));
  assert.equal(value.type, 'execution_interrupted');
});
