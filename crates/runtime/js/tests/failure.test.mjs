import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostRefusal, action, createEngine, withBody } from './support/engine.mjs';

async function failureOf(body, handlers = {}) {
  const { ok, value } = await createEngine(handlers).run(action(body));
  assert.equal(ok, false);
  return value;
}

const answering = (status, body, headers = {}) => ({
  http: () => withBody({ status, headers, url: '' }, body),
});
const GET = "await nango.get({ endpoint: '/x' });";

test('an ActionError carries its payload', async () => {
  const failure = await failureOf("throw new nango.ActionError({ message: 'no', id: 4 });");
  assert.equal(failure.type, 'action_script_runtime_error');
  assert.deepEqual(failure.payload, { message: 'no', id: 4 });
  assert.equal(failure.stack, undefined);
});

test('payloads of an ActionError that are no objects become messages', async () => {
  assert.deepEqual((await failureOf("throw new nango.ActionError('no');")).payload, { message: 'no' });
  assert.deepEqual((await failureOf('throw new nango.ActionError([1]);')).payload, { message: [1] });
  assert.deepEqual((await failureOf('throw new nango.ActionError();')).payload, {});
});

test('an ActionError has an empty message and its type', async () => {
  const { value } = await createEngine().run(
    action('const e = new nango.ActionError(1); return [e.message, e.type, e.payload, e instanceof Error];'),
  );
  assert.deepEqual(value, ['', 'action_script_runtime_error', 1, true]);
});

test('other errors are internal ones with a name, a message and a stack', async () => {
  const failure = await failureOf("throw Object.assign(new TypeError('boom'), { code: 'E1' });");
  assert.equal(failure.type, 'script_internal_error');
  assert.deepEqual(failure.payload, { name: 'TypeError', code: 'E1', message: 'boom' });
  assert.ok(failure.stack.some((line) => line.includes('fn-github.cjs')));
});

test('messages of the engine are shown in the words of V8', async () => {
  const shown = async (message) =>
    (await failureOf(`throw new TypeError(${JSON.stringify(message)});`)).payload.message;
  assert.equal(
    await shown("cannot read property 'id' of undefined"),
    "Cannot read properties of undefined (reading 'id')",
  );
  assert.equal(await shown("cannot set property 'a b' of null"), "Cannot set properties of null (setting 'a b')");
  assert.equal(await shown('x is not initialized'), "Cannot access 'x' before initialization");
  assert.equal(await shown('my own words: not a function'), 'my own words: not a function');
});

test('thrown values that are no errors show as JSON', async () => {
  assert.deepEqual((await failureOf('throw { a: 1 };')).payload, { name: 'Error', message: '{"a":1}' });
  assert.deepEqual((await failureOf('throw undefined;')).payload, { name: 'Error', message: 'undefined' });
  const odd = [
    'const o = {}; o.o = o; throw o;',
    "throw new Proxy({}, { get() { throw new Error('no'); } });",
    'throw 1n;',
  ];
  for (const body of odd) assert.equal((await failureOf(body)).type, 'script_internal_error');
});

test('an uncaught refusal of the provider is an HTTP error with what callers may see', async () => {
  const headers = { 'content-type': 'application/json', 'x-ratelimit-reset': '9', 'set-cookie': 'secret' };
  const failure = await failureOf(GET, answering(422, '{"error":"bad"}', headers));
  assert.equal(failure.type, 'script_http_error');
  assert.deepEqual(failure.payload, { error: 'bad' });
  assert.deepEqual(failure.upstream, {
    status: 422,
    headers: { 'content-type': 'application/json', 'x-ratelimit-reset': '9' },
    body: { error: 'bad' },
  });
});

test("an HTTP error takes the payload of the provider's body, and wraps what is no object", async () => {
  assert.deepEqual((await failureOf(GET, answering(500, '{"payload":{"a":1}}'))).payload, { a: 1 });
  assert.deepEqual((await failureOf(GET, answering(500, 'oops'))).payload, { message: 'oops' });
});

test('an HTTP error of a request for bytes shows what the provider said', async () => {
  const get = "await nango.get({ endpoint: '/x', responseType: 'arraybuffer' });";
  const failure = await failureOf(get, answering(404, Buffer.from('{"error":"gone"}')));
  assert.deepEqual(failure.payload, { error: 'gone' });
  assert.equal((await failureOf(get, answering(404, Buffer.from('gone')))).upstream.body, 'gone');
});

test('an uncaught failure of the network is a network error', async () => {
  const failure = await failureOf(GET, {
    http() {
      throw new HostRefusal({ code: 'ECONNREFUSED', message: 'refused', network: true });
    },
  });
  assert.equal(failure.type, 'script_network_error');
  assert.deepEqual(failure.payload, { name: 'AxiosError', code: 'ECONNREFUSED', message: 'refused' });
});

test('codes of the platform become the type of the failure', async () => {
  for (const code of ['script_aborted', 'execution_timeout', 'invalid_sync_record']) {
    const failure = await failureOf('await nango.getConnection();', {
      'connection.get'() {
        throw new HostRefusal({ code, message: 'stopped' });
      },
    });
    assert.equal(failure.type, code);
    assert.equal(failure.message, 'stopped');
  }
});

test('refusals of the platform that have a status look like failed requests', async () => {
  const refuse = (status) => ({
    'action.trigger'() {
      throw new HostRefusal({ code: 'disabled_resource', message: 'The action is disabled', status });
    },
  });
  const trigger = "await nango.triggerAction('github', 'c', 'a', {});";
  const failure = await failureOf(trigger, refuse(404));
  assert.equal(failure.type, 'script_http_error');
  assert.deepEqual(failure.upstream.body, {
    error: { code: 'disabled_resource', message: 'The action is disabled' },
  });
  assert.equal((await failureOf(trigger, refuse(429))).type, 'script_api_rate_limit_error');
});

test('an output that JSON cannot hold is a failure', async () => {
  assert.equal((await failureOf('return 1n;')).type, 'script_internal_error');
  assert.equal((await failureOf('const o = {}; o.o = o; return o;')).type, 'script_internal_error');
});

test('a payload that JSON cannot hold does not hide the failure', async () => {
  const failure = await failureOf('const o = {}; o.o = o; throw new nango.ActionError(o);');
  assert.equal(failure.type, 'action_script_runtime_error');
});

test('an error while the script is read is a failure of the run', async () => {
  const { ok, value } = await createEngine().run("throw new Error('at load');");
  assert.equal(ok, false);
  assert.equal(value.payload.message, 'at load');
});
