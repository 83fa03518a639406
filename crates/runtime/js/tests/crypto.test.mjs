// The runtime's crypto module against Node's.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { loadModule } from './support/engine.mjs';

const ours = await loadModule('crypto');

function outcome(module, code) {
  try {
    const value = code(module);
    return { value: ArrayBuffer.isView(value) ? Array.from(value) : value };
  } catch (error) {
    return { error: error.name, code: error.code };
  }
}

function same(code) {
  assert.deepEqual(outcome(ours, code), outcome(crypto, code), code.toString());
}

const DATA = ['', 'héllo', Buffer.from([0, 255, 128]), new Uint16Array([1, 2])];
const HASHES = ['md5', 'sha1', 'SHA256', 'sha384', 'sha512', 'sha224', 'RSA-SHA256'];

test('digests of each kind are those of Node', () => {
  for (const name of HASHES) {
    for (const data of DATA) {
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1', undefined]) {
        same(({ createHash }) => createHash(name).update(data).digest(encoding));
        same(({ createHmac }) => createHmac(name, 'kéy').update(data).digest(encoding));
        same(({ createHmac }) =>
          createHmac(name, Buffer.from([1, 2]))
            .update(data)
            .digest(encoding),
        );
      }
    }
  }
});

test('digests take their data in parts and end once', () => {
  same(({ createHash }) =>
    createHash('sha256').update('a').update(Buffer.from('b')).update('63', 'hex').digest('hex'),
  );
  same(({ createHash }) => createHash('sha256').digest('hex'));
  same(({ createHash }) => {
    const hash = createHash('md5').update('a');
    const copy = hash.copy().update('b').digest('hex');
    return [hash.digest('hex'), copy];
  });
  same(({ createHash }) => {
    const hash = createHash('md5');
    hash.digest();
    return hash.update('x');
  });
  same(({ createHash }) => createHash('md5').update(5));
  same(({ createHash }) => createHash('nope'));
  same(({ createHmac, createSecretKey }) =>
    createHmac('sha1', createSecretKey(Buffer.from('k')))
      .update('a')
      .digest('hex'),
  );
});

test('signatures of one side verify on the other', () => {
  const pairs = [
    ['RSA-SHA256', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), {}],
    ['sha512', crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), { padding: 6, saltLength: 32 }],
    ['sha256', crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }), { dsaEncoding: 'ieee-p1363' }],
    [null, crypto.generateKeyPairSync('ed25519'), {}],
  ];
  for (const [name, keys, options] of pairs) {
    const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' });
    const signature = ours.sign(name, Buffer.from('data'), { key: privateKey, ...options });
    assert.ok(crypto.verify(name, Buffer.from('data'), { key: publicKey, ...options }, signature));
    assert.ok(ours.verify(name, Buffer.from('data'), { key: publicKey, ...options }, signature));
    assert.ok(!ours.verify(name, Buffer.from('other'), { key: publicKey, ...options }, signature));
    if (name === null) continue;
    const streamed = ours
      .createSign(name)
      .update('da')
      .update('ta')
      .sign({ key: privateKey, ...options }, 'base64');
    assert.ok(
      crypto
        .createVerify(name)
        .update('data')
        .verify({ key: publicKey, ...options }, streamed, 'base64'),
    );
    assert.ok(
      ours
        .createVerify(name)
        .update('data')
        .verify({ key: publicKey, ...options }, streamed, 'base64'),
    );
  }
});

test('keys may be bytes, DER or key objects', () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const forms = [
    pem,
    Buffer.from(pem),
    ours.createPrivateKey(pem),
    { key: ours.createPrivateKey({ key: pem, format: 'pem' }) },
    { key: privateKey.export({ type: 'pkcs8', format: 'der' }), format: 'der', type: 'pkcs8' },
    { key: privateKey.export({ type: 'pkcs1', format: 'der' }), format: 'der', type: 'pkcs1' },
  ];
  for (const form of forms)
    assert.ok(crypto.verify('sha256', Buffer.from('x'), publicKey, ours.sign('sha256', 'x', form)));
  assert.throws(() => ours.sign('sha256', 'x', { key: pem, passphrase: 'p' }), /Encrypted keys/);
  assert.throws(() => ours.sign('sha256', 'x', 5), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('derived keys and constant-time comparison are those of Node', () => {
  same(({ pbkdf2Sync }) => pbkdf2Sync('pass', Buffer.from('salt'), 3, 20, 'sha512'));
  same(({ timingSafeEqual }) => [
    timingSafeEqual(Buffer.from('a'), Buffer.from('a')),
    timingSafeEqual(Buffer.from('a'), Buffer.from('b')),
  ]);
  same(({ timingSafeEqual }) => timingSafeEqual(Buffer.from('a'), Buffer.from('ab')));
});

test('random values have their sizes and bounds', () => {
  assert.equal(ours.randomBytes(7).length, 7);
  assert.ok(
    ours
      .randomBytes(70_000)
      .subarray(65_536)
      .some((byte) => byte !== 0),
  );
  assert.match(ours.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const drawn = new Set(Array.from({ length: 200 }, () => ours.randomInt(3, 6)));
  assert.deepEqual([...drawn].sort(), [3, 4, 5]);
  assert.throws(() => ours.randomInt(3, 3), { code: 'ERR_OUT_OF_RANGE' });
  assert.equal(ours.getRandomValues(new Uint32Array(2)).length, 2);
});

test('the callbacks of the asynchronous forms are called', async () => {
  const bytes = await new Promise((resolve) => ours.randomBytes(3, (error, value) => resolve(value)));
  assert.equal(bytes.length, 3);
  const key = await new Promise((resolve) => ours.pbkdf2('p', 's', 1, 8, 'sha1', (error, value) => resolve(value)));
  assert.deepEqual([...key], [...crypto.pbkdf2Sync('p', 's', 1, 8, 'sha1')]);
});
