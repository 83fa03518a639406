'use strict';
// `require('unzipper')`: reading a ZIP archive that is in memory, `Open.buffer`. The format is PKWARE's APPNOTE; what
// the central directory says is believed, as that is what survives archives written in one pass.

const { Buffer } = require('modules/buffer');

const END_SIGNATURE = 0x06054b50;
const END_LENGTH = 22;
const COMMENT_LENGTH_MAX = 0xffff;
const END64_SIGNATURE = 0x06064b50;
const LOCATOR64_SIGNATURE = 0x07064b50;
const LOCATOR64_LENGTH = 20;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_LENGTH = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_LENGTH = 30;
const EXTRA64 = 0x0001;
const UNKNOWN32 = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const FLAG_ENCRYPTED = 1;

// The end record stands at the end, before a comment of unknown length.
function findEnd(archive) {
  const first = Math.max(archive.length - END_LENGTH - COMMENT_LENGTH_MAX, 0);
  for (let at = archive.length - END_LENGTH; at >= first; at--) {
    if (archive[at] === 0x50 && archive.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw new Error('FILE_ENDED');
}

function readEnd(archive) {
  const at = findEnd(archive);
  const commentLength = archive.readUInt16LE(at + 20);
  const end = {
    numberOfRecords: archive.readUInt16LE(at + 10),
    offset: archive.readUInt32LE(at + 16),
    comment: archive.toString('utf8', at + END_LENGTH, at + END_LENGTH + commentLength),
  };
  const locator = at - LOCATOR64_LENGTH;
  if (locator < 0 || archive.readUInt32LE(locator) !== LOCATOR64_SIGNATURE) return end;
  const at64 = Number(archive.readBigUInt64LE(locator + 8));
  if (archive.readUInt32LE(at64) !== END64_SIGNATURE) throw new Error('FILE_ENDED');
  end.numberOfRecords = Number(archive.readBigUInt64LE(at64 + 32));
  end.offset = Number(archive.readBigUInt64LE(at64 + 48));
  return end;
}

// Large archives keep sizes in an extra field, each only where the small field is full.
function readExtra64(extra, entry) {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== EXTRA64) continue;
    let from = at + 4;
    for (const field of ['uncompressedSize', 'compressedSize', 'offsetToLocalFileHeader']) {
      if (entry[field] !== UNKNOWN32) continue;
      entry[field] = Number(extra.readBigUInt64LE(from));
      from += 8;
    }
  }
}

function readEntry(archive, at) {
  if (archive.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error('FILE_ENDED');
  const nameEnd = at + ENTRY_LENGTH + archive.readUInt16LE(at + 28);
  const extraEnd = nameEnd + archive.readUInt16LE(at + 30);
  const end = extraEnd + archive.readUInt16LE(at + 32);
  const path = archive.toString('utf8', at + ENTRY_LENGTH, nameEnd);
  const entry = {
    path,
    type: path.endsWith('/') ? 'Directory' : 'File',
    flags: archive.readUInt16LE(at + 8),
    compressionMethod: archive.readUInt16LE(at + 10),
    crc32: archive.readUInt32LE(at + 16),
    compressedSize: archive.readUInt32LE(at + 20),
    uncompressedSize: archive.readUInt32LE(at + 24),
    offsetToLocalFileHeader: archive.readUInt32LE(at + 42),
    comment: archive.toString('utf8', extraEnd, end),
  };
  readExtra64(archive.subarray(nameEnd, extraEnd), entry);
  entry.buffer = async () => extract(archive, entry);
  entry.stream = () => require('internal/readable').Readable.of(extract(archive, entry));
  return { entry, end };
}

function extract(archive, entry) {
  if (entry.flags & FLAG_ENCRYPTED) throw new Error('MISSING_PASSWORD');
  const at = entry.offsetToLocalFileHeader;
  if (archive.readUInt32LE(at) !== LOCAL_SIGNATURE) throw new Error('FILE_ENDED');
  // The local header may have another extra field than the central one.
  const start = at + LOCAL_LENGTH + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  if (start + entry.compressedSize > archive.length) throw new Error('FILE_ENDED');
  const packed = archive.subarray(start, start + entry.compressedSize);
  if (entry.compressionMethod === STORED) return Buffer.from(packed);
  if (entry.compressionMethod !== DEFLATED) {
    throw new Error(`compression method ${entry.compressionMethod} is not supported`);
  }
  return Buffer.from(native.inflate(packed, 'raw', entry.uncompressedSize));
}

/** The directory of an archive: `{files, comment, numberOfRecords}`; each file has `path`, `type`, `buffer()`. */
async function openBuffer(bytes) {
  const archive = Buffer.from(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength);
  const { numberOfRecords, offset, comment } = readEnd(archive);
  const files = [];
  let at = offset;
  for (let count = 0; count < numberOfRecords; count++) {
    const { entry, end } = readEntry(archive, at);
    files.push(entry);
    at = end;
  }
  return { files, comment, numberOfRecords };
}

module.exports = { Open: { buffer: openBuffer } };
