// The runtime's Buffer against Node's, call by call.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModule } from './support/engine.mjs';

const { Buffer: Ours, atob: ourAtob, btoa: ourBtoa } = await loadModule('buffer');

// Runs the same code with each class and compares what comes out: bytes as lists, errors by name and code.
function outcome(Kind, code) {
  const show = (value) =>
    ArrayBuffer.isView(value) ? { bytes: Array.from(value), isBuffer: Kind.isBuffer(value) } : value;
  try {
    const value = code(Kind);
    return { value: Array.isArray(value) ? value.map(show) : show(value) };
  } catch (error) {
    return { error: error.name, code: error.code };
  }
}

function same(code) {
  assert.deepEqual(outcome(Ours, code), outcome(Buffer, code), code.toString());
}

const TEXTS = [
  '',
  'plain',
  'héllo wörld',
  '日本語',
  '😀 emoji',
  'a\0b',
  '\ud800 lone',
  'ff00zz',
  'QUJD',
  'QUJD-_==',
  'a'.repeat(300),
];
const ENCODINGS = [
  'utf8',
  'UTF-8',
  'hex',
  'base64',
  'base64url',
  'ascii',
  'latin1',
  'binary',
  'ucs2',
  'utf16le',
  undefined,
];

test('texts become bytes and back in each encoding', () => {
  for (const text of TEXTS) {
    for (const encoding of ENCODINGS) {
      same((B) => [B.from(text, encoding), B.from(text, encoding).toString(encoding), B.byteLength(text, encoding)]);
    }
  }
});

test('bytes show in each encoding', () => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  for (const encoding of ENCODINGS) {
    same((B) => [
      B.from(all).toString(encoding),
      B.from(all).toString(encoding, 3, 9),
      B.from(all).toString(encoding, -4, 900),
    ]);
  }
});

test('a buffer is a Uint8Array of its realm', () => {
  assert.equal(Object.getPrototypeOf(Ours).name, 'Uint8Array');
  assert.ok(ArrayBuffer.isView(Ours.from('a')));
});

test('an unknown encoding is refused where Node refuses it', () => {
  same((B) => B.from('a', 'nope'));
  same((B) => B.from('a').toString('nope'));
  same((B) => [B.isEncoding('nope'), B.isEncoding('HEX'), B.isEncoding(undefined), B.byteLength('é', 'nope')]);
});

test('buffers are made of what Node makes them of', () => {
  const array = new Uint16Array([1, 256, 65535]);
  same((B) => B.from([1, 2, 300, -1, 1.9, '7']));
  same((B) => B.from(array));
  same((B) => B.from(array.buffer, 1, 3));
  same((B) => B.from({ type: 'Buffer', data: [1, 2] }));
  same((B) => B.from({ length: 2, 0: 5, 1: 6 }));
  same((B) => B.from(new String('boxed')));
  same((B) => B.from({ [Symbol.toPrimitive]: () => 'primitive' }));
  for (const bad of [5, null, undefined, true, {}]) same((B) => B.from(bad));
  same((B) => [
    B.alloc(3),
    B.alloc(3, 1),
    B.alloc(5, 'ab'),
    B.alloc(3, 'YQ==', 'base64'),
    B.of(1, 2),
    B.allocUnsafe(2).length,
  ]);
  same((B) => B.alloc(-1));
  same((B) => B.alloc('5'));
});

test('a buffer of an ArrayBuffer or a subarray shares its memory', () => {
  same((B) => {
    const source = B.from([1, 2, 3, 4]);
    source.subarray(1, 3)[0] = 9;
    source.slice(2)[0] = 8;
    const shared = new ArrayBuffer(2);
    B.from(shared)[0] = 7;
    return [source, new Uint8Array(shared)[0]];
  });
});

test('buffers are joined and compared', () => {
  same((B) => [
    B.concat([]),
    B.concat([B.from('a'), new Uint8Array([1])]),
    B.concat([B.from('abc')], 2),
    B.concat([B.from('a')], 3),
  ]);
  same((B) => B.concat('x'));
  same((B) => [
    B.compare(B.from('a'), B.from('b')),
    B.compare(B.from('ab'), B.from('a')),
    B.compare(B.from('a'), B.from('a')),
  ]);
  same((B) => [
    B.from('abc').equals(B.from('abc')),
    B.from('abc').compare(B.from('zab'), 1, 3, 0, 2),
    B.from('a').equals(B.from('b')),
  ]);
  same((B) => [B.isBuffer(B.from('a')), B.isBuffer(new Uint8Array(1))]);
});

test('buffers are searched', () => {
  const needles = ['l', 'lo', 'zz', '', 108, Buffer.from('lo w')];
  const offsets = [undefined, 0, 3, 4, 100, -3, -100, NaN];
  for (const needle of needles) {
    for (const offset of offsets) {
      same((B) => {
        const text = B.from('hello world, hello');
        return [text.indexOf(needle, offset), text.lastIndexOf(needle, offset), text.includes(needle, offset)];
      });
    }
  }
  same((B) => [B.from('abc').indexOf('Yg==', 'base64'), B.from('abc').indexOf('6263', 0, 'hex')]);
});

test('buffers are written, filled, copied and swapped', () => {
  same((B) => {
    const target = B.alloc(10);
    return [
      target.write('héé', 1),
      target.write('日本語', 5),
      target.write('ff', 0, 'hex'),
      target.write('abcdef', 2, 3),
      target,
    ];
  });
  same((B) => [
    B.alloc(5).fill('ab', 1),
    B.alloc(5).fill(257, 1, 3),
    B.alloc(4).fill('0102', 'hex'),
    B.alloc(3).fill(''),
  ]);
  same((B) => {
    const target = B.from('0123456789');
    return [target.copy(target, 2, 0, 5), target, B.from('ab').copy(target, 9), target];
  });
  same((B) => [
    B.from([1, 2, 3, 4]).swap16(),
    B.from([1, 2, 3, 4]).swap32(),
    B.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64(),
  ]);
  same((B) => B.from([1, 2, 3]).swap16());
});

test('buffers are JSON as Node writes it, and iterate', () => {
  same((B) => JSON.stringify({ a: B.from('hi') }));
  same((B) => [...B.from('hi').entries()].flat());
  same((B) => [
    B.from([1, 2]).map((byte) => byte * 2),
    B.from([1, 2, 3]).filter((byte) => byte > 1),
    `${B.from('text')}`,
  ]);
});

test('numbers are read and written in each kind', () => {
  const bytes = [0x80, 0xff, 0x01, 0x7f, 0x00, 0xfe, 0x3c, 0xc3];
  const fixed = [
    'Int8',
    'UInt8',
    ...['Int16', 'UInt16', 'Int32', 'UInt32', 'BigInt64', 'BigUInt64', 'Float', 'Double'].flatMap((kind) => [
      `${kind}LE`,
      `${kind}BE`,
    ]),
  ];
  for (const kind of fixed) {
    same((B) => {
      const value = B.from(bytes)[`read${kind}`](0);
      const target = B.alloc(8);
      return [String(value), target[`write${kind}`](value, 0), target];
    });
    same((B) => B.from(bytes)[`read${kind}`](8));
    same((B) => B.alloc(8)[`write${kind}`](kind.startsWith('Big') ? 2n ** 70n : 2 ** 70));
  }
  for (const kind of ['IntLE', 'IntBE', 'UIntLE', 'UIntBE']) {
    for (let size = 1; size <= 6; size++) {
      same((B) => {
        const value = B.from(bytes)[`read${kind}`](1, size);
        const target = B.alloc(8);
        return [value, target[`write${kind}`](value, 2, size), target];
      });
    }
    same((B) => B.from(bytes)[`read${kind}`](0, 7));
  }
  same((B) => [B.from(bytes).readUint16BE(0), B.from(bytes).readInt8()]);
  same((B) => B.from(bytes).readInt8('0'));
});

test('atob and btoa follow the standard', () => {
  for (const text of ['', 'a', 'ab', 'abc', '\xff\0']) {
    assert.equal(ourBtoa(text), btoa(text));
    assert.equal(ourAtob(btoa(text)), text);
  }
  assert.equal(ourAtob(' YQ = = '), 'a');
  assert.throws(() => ourBtoa('日'));
  assert.throws(() => ourAtob('a'));
  assert.throws(() => ourAtob('a*bc'));
});
