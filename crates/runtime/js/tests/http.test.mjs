import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostRefusal, action, createEngine, withBody } from './support/engine.mjs';

const ok = (body, headers = {}) =>
  withBody({ status: 200, statusText: 'OK', headers, url: 'https://api.test/x' }, body);

async function run(body, answer, job = {}) {
  const engine = createEngine({ http: typeof answer === 'function' ? answer : () => answer });
  const { ok: succeeded, value } = await engine.run(action(body), job);
  const sent = engine.calls.find((call) => call.operation === 'http');
  return { succeeded, value, sent: sent?.args, bytes: sent?.bytes };
}

test('each verb sends its method', async () => {
  for (const verb of ['get', 'post', 'put', 'patch', 'delete']) {
    const { sent } = await run(`await nango.${verb}({ endpoint: '/x', method: 'HEAD' });`, ok('{}'));
    assert.equal(sent.method, verb.toUpperCase());
  }
});

test('proxy sends the configured method, and GET without one', async () => {
  assert.equal((await run("await nango.proxy({ endpoint: '/x', method: 'put' });", ok(''))).sent.method, 'PUT');
  assert.equal((await run("await nango.proxy({ endpoint: '/x' });", ok(''))).sent.method, 'GET');
});

test('parameters become texts, undefined included', async () => {
  const { sent } = await run(
    "await nango.get({ endpoint: '/x', params: { a: [1, 2], b: undefined, c: true } });",
    ok(''),
  );
  assert.deepEqual(sent.params, { a: '1,2', b: 'undefined', c: 'true' });
});

test('a recorded run leaves out undefined parameters', async () => {
  const { sent } = await run("await nango.get({ endpoint: '/x', params: { b: undefined } });", ok(''), {
    harness: true,
  });
  assert.deepEqual(sent.params, {});
});

test('a query text beside a query in the endpoint is refused', async () => {
  const { value } = await run(
    "try { await nango.get({ endpoint: '/x?a=1', params: 'b=2' }); } catch (e) { return e.code; }",
  );
  assert.equal(value, 'invalid_query_params');
  const { sent } = await run("await nango.get({ endpoint: '/x', params: 'b=2' });", ok(''));
  assert.equal(sent.paramsText, 'b=2');
});

test('options of the request pass to the host as they are', async () => {
  const options = {
    retries: 3,
    retryOn: [404],
    retryHeader: { at: 'x-reset' },
    baseUrlOverride: 'https://other.test',
    decompress: true,
    responseType: 'text',
    forwardHeadersOnRedirect: true,
    providerConfigKey: 'slack',
    connectionId: 'c2',
  };
  const { sent } = await run(
    `await nango.get({ endpoint: '/x', ...${JSON.stringify(options)}, unknown: 1 });`,
    ok(''),
  );
  assert.deepEqual(sent, { method: 'GET', endpoint: '/x', headers: {}, ...options });
});

test('headers become texts and empty ones are left out', async () => {
  const { sent } = await run(
    "await nango.get({ endpoint: '/x', headers: { a: 1, b: undefined, c: ['x', 'y'] } });",
    ok(''),
  );
  assert.deepEqual(sent.headers, { a: '1', c: 'x, y' });
});

test('bodies follow the rules of the axios client', async () => {
  const post = (data, headers = '{}') =>
    run(`await nango.post({ endpoint: '/x', data: ${data}, headers: ${headers} });`, ok(''));
  assert.deepEqual((await post('{ a: { b: [1] } }')).sent.data, { a: { b: [1] } });
  assert.equal((await post("'plain'")).sent.dataText, 'plain');
  assert.deepEqual([...(await post('Buffer.from([1, 2, 255])')).bytes], [1, 2, 255]);
  assert.deepEqual([...(await post('new Uint8Array([7]).buffer')).bytes], [7]);
  const form = await post("new URLSearchParams({ a: 'b c' })");
  assert.equal(form.sent.dataText, 'a=b+c');
  assert.equal(form.sent.headers['Content-Type'], 'application/x-www-form-urlencoded;charset=utf-8');
  const encoded = await post(
    "{ a: 1, b: { c: 'x y' }, d: [1, 2], e: [{ f: 1 }], g: undefined, h: null }",
    "{ 'content-type': 'application/x-www-form-urlencoded' }",
  );
  assert.equal(encoded.sent.dataText, 'a=1&b%5Bc%5D=x+y&d%5B%5D=1&d%5B%5D=2&e%5B0%5D%5Bf%5D=1&h=');
});

test('an answer has the fields of an axios response', async () => {
  const { value } = await run(
    `const r = await nango.post({ endpoint: '/x', data: { a: 1 } });
     return { keys: Object.keys(r).sort(), data: r.data, status: r.status, text: r.statusText, link: r.headers.link,
              get: r.headers.get('LINK'), has: r.headers.has('nope'), shown: Object.keys(r.headers), method: r.config.method };`,
    ok('{"id":7}', { link: '<x>' }),
  );
  assert.deepEqual(value, {
    keys: ['config', 'data', 'headers', 'request', 'status', 'statusText'],
    data: { id: 7 },
    status: 200,
    text: 'OK',
    link: '<x>',
    get: '<x>',
    has: false,
    shown: ['link'],
    method: 'post',
  });
});

test('a body that is no JSON stays a text', async () => {
  const get = async (body, type = '') =>
    (await run(`return (await nango.get({ endpoint: '/x' ${type} })).data;`, ok(body))).value;
  assert.equal(await get('<html>'), '<html>');
  assert.equal(await get(''), '');
  assert.equal(await get('12'), 12);
  assert.equal(await get('{"a":1}', ", responseType: 'text'"), '{"a":1}');
  assert.deepEqual(await get('\ufeff{"a":1}'), { a: 1 });
});

test('binary bodies are a Buffer or a stream', async () => {
  const body = Buffer.from([0, 159, 146, 150]);
  const buffer = await run(
    "const { data } = await nango.get({ endpoint: '/x', responseType: 'arraybuffer' }); return [Buffer.isBuffer(data), data.toString('hex')];",
    ok(body),
  );
  assert.deepEqual(buffer.value, [true, '009f9296']);
  const stream = await run(
    `const { data } = await nango.get({ endpoint: '/x', responseType: 'stream' });
     const chunks = []; for await (const chunk of data) chunks.push(chunk); return Buffer.concat(chunks).toString('hex');`,
    ok(body),
  );
  assert.equal(stream.value, '009f9296');
  const events = await run(
    `const { data } = await nango.get({ endpoint: '/x', responseType: 'stream' });
     const chunks = [];
     return await new Promise((resolve) => {
       data.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).length));
     });`,
    ok(body),
  );
  assert.equal(events.value, 4);
});

test('a recorded answer is its value whatever type was asked for', async () => {
  const read = (body) =>
    run("return (await nango.get({ endpoint: '/x', responseType: 'arraybuffer' })).data;", ok(body), {
      harness: true,
    });
  assert.deepEqual((await read('{"type":"Buffer","data":[1]}')).value, { type: 'Buffer', data: [1] });
  assert.equal((await read('"12"')).value, '12');
  assert.equal((await read(undefined)).value, null);
});

const READ_ERROR = `try { await nango.get({ endpoint: '/x' }); } catch (e) {
  return { name: e.name, message: e.message, code: e.code, status: e.status, isAxiosError: e.isAxiosError,
           isError: e instanceof Error, response: e.response && { status: e.response.status, data: e.response.data },
           config: e.config.endpoint }; }`;

test('a status of 4xx or 5xx throws what the axios client throws', async () => {
  const at = (status) => withBody({ status, statusText: '', headers: {}, url: '' }, '{"why":"x"}');
  assert.deepEqual((await run(READ_ERROR, at(404))).value, {
    name: 'AxiosError',
    message: 'Request failed with status code 404',
    code: 'ERR_BAD_REQUEST',
    status: 404,
    isAxiosError: true,
    isError: true,
    response: { status: 404, data: { why: 'x' } },
    config: '/x',
  });
  assert.equal((await run(READ_ERROR, at(503))).value.code, 'ERR_BAD_RESPONSE');
});

test('a recorded run does not throw on statuses', async () => {
  const answer = withBody({ status: 404, headers: {}, url: '' }, '{}');
  const { value } = await run("return (await nango.get({ endpoint: '/x' })).status;", answer, { harness: true });
  assert.equal(value, 404);
});

test('a failure of the network is an axios error without a response', async () => {
  const { value } = await run(READ_ERROR, () => {
    throw new HostRefusal({ code: 'ECONNRESET', message: 'socket hang up', network: true });
  });
  assert.equal(value.code, 'ECONNRESET');
  assert.equal(value.message, 'socket hang up');
  assert.equal(value.response, undefined);
  assert.equal(value.isAxiosError, true);
});
