'use strict';
// Locks between runs of one environment. The host frees what a run still holds at its end.

const { ask } = require('internal/platform');

const KEY_LENGTH_MAX = 255;

function checkKey(key) {
  if (typeof key !== 'string' || key.length === 0 || key.length > KEY_LENGTH_MAX) {
    throw new Error(`Invalid lock key: it must have between 1 and ${KEY_LENGTH_MAX} characters`);
  }
}

exports.create = () => ({
  async tryAcquireLock({ key, ttlMs }) {
    checkKey(key);
    if (!(ttlMs > 0)) throw new Error('Invalid lock ttlMs: it must be greater than 0');
    return ask('lock.acquire', { key, ttlMs });
  },
  async releaseLock({ key }) {
    checkKey(key);
    return ask('lock.release', { key });
  },
  releaseAllLocks: () => ask('lock.release_all'),
});
