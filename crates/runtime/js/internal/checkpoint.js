'use strict';
// Checkpoints: a flat object that survives the run. The version that was read goes back with each change, so that two
// runs never overwrite each other unseen.

const { SdkError, SDK_CODES } = require('internal/errors');
const { ask } = require('internal/platform');

const FIELDS_MAX = 16;
const KEY_LENGTH_MAX = 255;
const TEXT_LENGTH_MAX = 4000;

function toField(key, value) {
  if (key.length > KEY_LENGTH_MAX)
    throw new Error(`Invalid checkpoint: a key is longer than ${KEY_LENGTH_MAX} characters`);
  const plain = value instanceof Date ? value.toISOString() : value;
  const isPlain = typeof plain === 'string' || typeof plain === 'boolean' || Number.isFinite(plain);
  if (!isPlain) throw new Error(`Invalid checkpoint: "${key}" must be a string, a number, a boolean or a date`);
  if (plain.length > TEXT_LENGTH_MAX) {
    throw new Error(`Invalid checkpoint: "${key}" is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  return plain;
}

function toCheckpoint(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('Invalid checkpoint: it must be an object');
  }
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  if (entries.length > FIELDS_MAX) throw new Error(`Invalid checkpoint: it has more than ${FIELDS_MAX} fields`);
  return Object.fromEntries(entries.map(([key, field]) => [key, toField(key, field)]));
}

// Runs a change, whose refusal by the host scripts know under this text.
async function change(text, operation, args) {
  try {
    return await ask(operation, args);
  } catch (error) {
    if (SDK_CODES.has(error.code)) throw error;
    const reason = error.response?.data?.error?.message ?? error.message;
    throw new Error(`${text}: ${reason}`, { cause: error });
  }
}

exports.create = function create(job) {
  // The test double keeps whatever it is given.
  const check = job.harness === true ? (value) => value : toCheckpoint;
  let version;

  return {
    async getCheckpoint() {
      const stored = await ask('checkpoint.get');
      version = stored?.version;
      return stored?.checkpoint ?? null;
    },

    async saveCheckpoint(value) {
      const checkpoint = check(value);
      const saved = await change('Error saving checkpoint', 'checkpoint.save', { checkpoint, version });
      version = saved?.version;
      // Everything up to here is safe, so this is the moment to give way; the run goes on later from the checkpoint.
      if (saved?.interrupt === true) throw new SdkError('execution_interrupted', 'The execution was interrupted');
    },

    async clearCheckpoint() {
      await change('Error deleting checkpoint', 'checkpoint.clear', { version });
      version = undefined;
    },
  };
};
