import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, createEngine, evaluate, withBody } from './support/engine.mjs';

const sleep = () => undefined;

test('the globals of scripts are there, and those of Node are not', async () => {
  const value = await evaluate(`
    const present = ['Buffer', 'URL', 'URLSearchParams', 'setTimeout', 'console', 'require', 'TextEncoder', 'atob', 'Intl'];
    const absent = ['process', 'fetch', 'setInterval', 'XMLHttpRequest', 'native', 'module'];
    return [present.map((name) => typeof globalThis[name] !== 'undefined'), absent.map((name) => typeof globalThis[name])];`);
  assert.ok(value[0].every(Boolean));
  assert.ok(value[1].every((type) => type === 'undefined'));
});

test('globals do not show among the keys, and can be replaced', async () => {
  const value = await evaluate(
    'const keys = Object.keys(globalThis); globalThis.Buffer = 5; globalThis.URL; return [keys.length, Buffer, typeof URL];',
  );
  assert.deepEqual(value, [0, 5, 'function']);
});

test('a script writes no global by reading one', async () => {
  assert.equal(await evaluate('return Buffer === Buffer && Buffer === require("buffer").Buffer;'), true);
});

test('a timer calls back with its values', async () => {
  const engine = createEngine({ sleep });
  const { value } = await engine.run(
    action("return await new Promise((resolve) => setTimeout((...values) => resolve(values), 25, 'a', 'b'));"),
  );
  assert.deepEqual(value, ['a', 'b']);
  assert.deepEqual(engine.callsOf('sleep'), [{ ms: 25 }]);
});

test('a cleared timer does not call back', async () => {
  const value = await evaluate(
    `let called = false; const timer = setTimeout(() => { called = true; }, 1); clearTimeout(timer);
     await new Promise((resolve) => setTimeout(resolve, 5)); return called;`,
    { handlers: { sleep } },
  );
  assert.equal(value, false);
});

test('a timer without a function is refused', async () => {
  assert.equal(await evaluate("try { setTimeout('code', 1); } catch (e) { return e.code; }"), 'ERR_INVALID_ARG_TYPE');
});

test('the console is silent, or writes to the log', async () => {
  const body = "console.log('a', { b: 1 }); console.error(new Error('c')); console.group('x'); console.table([1]);";
  const silent = createEngine();
  await silent.run(action(body));
  assert.equal(silent.calls.length, 0);
  const logging = createEngine();
  await logging.run(action(body), { consoleToLog: true, context: { loggerLevel: 'off' } });
  assert.deepEqual(logging.callsOf('log'), [
    { level: 'info', message: 'a {"b":1}' },
    { level: 'error', message: 'Error: c' },
    { level: 'info', message: '[1]' },
  ]);
});

test('texts compare in the order of dictionaries', async () => {
  const value = await evaluate(
    "return [['b', 'a', 'B', 'ä', 'A'].sort((x, y) => x.localeCompare(y)), '2'.localeCompare('10', undefined, { numeric: true })];",
  );
  assert.deepEqual(value, [['a', 'A', 'ä', 'b', 'B'], -1]);
});

test('text encoders convert as the standard says', async () => {
  const value = await evaluate(`
    const bytes = new TextEncoder().encode('hé😀');
    const decoder = new TextDecoder();
    const parts = [...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true })).join('') + decoder.decode();
    const into = new TextEncoder().encodeInto('é😀', new Uint8Array(3));
    let fatal; try { new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.of(255)); } catch (e) { fatal = e.name; }
    return [[...bytes], parts, into, fatal, new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 65)),
            new TextDecoder('latin1').decode(Uint8Array.of(233)), new TextDecoder('utf-16le').encoding];`);
  assert.deepEqual(value, [
    [104, 195, 169, 240, 159, 152, 128],
    'hé😀',
    { read: 1, written: 2 },
    'TypeError',
    'A',
    'é',
    'utf-16le',
  ]);
});

test('headers ignore case and join values', async () => {
  const value = await evaluate(`
    const headers = new Headers([['A', ' 1 '], ['a', '2'], ['set-cookie', 'x'], ['Set-Cookie', 'y']]);
    headers.set('b', 3); headers.delete('c');
    let bad; try { headers.set('no name', '1'); } catch (e) { bad = e.name; }
    return [headers.get('a'), headers.has('B'), [...headers], headers.getSetCookie(), [...headers.keys()], bad];`);
  assert.deepEqual(value, [
    '1, 2',
    true,
    [
      ['a', '1, 2'],
      ['b', '3'],
      ['set-cookie', 'x'],
      ['set-cookie', 'y'],
    ],
    ['x', 'y'],
    ['a', 'b', 'set-cookie', 'set-cookie'],
    'TypeError',
  ]);
});

test('a stream of the provider can be piped and decoded', async () => {
  const handlers = { http: () => withBody({ status: 200, headers: {}, url: '' }, Buffer.alloc(70_000, 'a')) };
  const value = await evaluate(
    `const { data } = await nango.get({ endpoint: '/x', responseType: 'stream' });
     const sizes = [];
     await new Promise((resolve) => data.setEncoding('utf8').pipe({ write: (text) => sizes.push(typeof text, text.length), end: resolve }));
     return sizes;`,
    { handlers },
  );
  assert.deepEqual(value, ['string', 65536, 'string', 4464]);
});
