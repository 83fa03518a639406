import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { evaluate } from './support/engine.mjs';

// A ZIP archive with the given files: `{name, data, method?, flags?, is64?}`.
function zip(files, comment = '') {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, data, method = 8, flags = 0, is64 = false } of files) {
    const content = Buffer.from(data);
    const packed = method === 8 ? zlib.deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    local.writeUInt16LE(4, 28);
    parts.push(local, Buffer.from(name), Buffer.from([0x99, 0, 0, 0]), packed);
    directory.push(entry(name, method, flags, packed.length, content.length, offset, is64));
    offset += 34 + Buffer.byteLength(name) + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...parts, central, end, Buffer.from(comment)]);
}

function entry(name, method, flags, packedSize, size, offset, is64) {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(packedSize, 20);
  head.writeUInt32LE(is64 ? 0xffffffff : size, 24);
  head.writeUInt16LE(Buffer.byteLength(name), 28);
  head.writeUInt32LE(offset, 42);
  const extra = Buffer.alloc(is64 ? 12 : 0);
  if (is64) {
    head.writeUInt16LE(12, 30);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(size), 4);
  }
  return Buffer.concat([head, Buffer.from(name), extra]);
}

const open = (archive, body) =>
  evaluate(`const { Open } = require('unzipper');
    const directory = await Open.buffer(Buffer.from('${archive.toString('base64')}', 'base64')); ${body}`);

const READ = `const read = [];
  for (const file of directory.files) read.push([file.path, file.type, (await file.buffer()).toString('utf8')]);
  return [read, directory.comment, directory.numberOfRecords];`;

test('files that are stored or deflated are read', async () => {
  const archive = zip(
    [
      { name: 'a.txt', data: 'hello '.repeat(1000) },
      { name: 'déjà.json', data: '{"a":1}', method: 0 },
      { name: 'folder/', data: '', method: 0 },
      { name: 'big.txt', data: 'x', is64: true },
    ],
    'a comment',
  );
  assert.deepEqual(await open(archive, READ), [
    [
      ['a.txt', 'File', 'hello '.repeat(1000)],
      ['déjà.json', 'File', '{"a":1}'],
      ['folder/', 'Directory', ''],
      ['big.txt', 'File', 'x'],
    ],
    'a comment',
    4,
  ]);
});

test('a file can be read as a stream', async () => {
  const body =
    'const parts = []; for await (const part of directory.files[0].stream()) parts.push(part); return String(Buffer.concat(parts));';
  assert.equal(await open(zip([{ name: 'a', data: 'abc' }]), body), 'abc');
});

test('what is no archive, or only part of one, is an error', async () => {
  const archive = zip([{ name: 'a', data: 'abc' }]);
  for (const broken of [Buffer.from('plain text'), Buffer.alloc(0), archive.subarray(0, archive.length - 5)]) {
    await assert.rejects(open(broken, READ), /FILE_ENDED/);
  }
  await assert.rejects(open(archive.subarray(10), READ));
});

test('encrypted files and unknown methods are errors', async () => {
  await assert.rejects(open(zip([{ name: 'a', data: 'abc', flags: 1 }]), READ), /MISSING_PASSWORD/);
  await assert.rejects(open(zip([{ name: 'a', data: 'abc', method: 12 }]), READ), /compression method 12/);
});

test('a file that grows past its declared size is an error', async () => {
  const archive = zip([{ name: 'a', data: 'x'.repeat(5000) }]);
  const central = archive.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  archive.writeUInt32LE(10, central + 24);
  await assert.rejects(open(archive, READ));
});
