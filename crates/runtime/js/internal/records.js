'use strict';
// Writing and reading records. The host stores; this file splits into chunks and keeps the values JSON.

const { ask } = require('internal/platform');

const CHUNK_RECORDS = 1000;
const IDS_PER_CALL = 100;

// What is sent of a record: without the metadata that reading added, if the script passes on what it read.
function toStored(record) {
  if (typeof record !== 'object' || !('_nango_metadata' in record)) return record;
  const { _nango_metadata, ...stored } = record;
  return stored;
}

// Scripts rely on a hole in the list ending its chunk silently.
function toChunk(records) {
  const end = records.findIndex((record) => record === null || record === undefined);
  return (end === -1 ? records : records.slice(0, end)).map(toStored);
}

exports.create = function create(job) {
  const isRecorded = job.harness === true;

  async function write(operation, records, model) {
    for (let start = 0; start < (records?.length ?? 0); start += CHUNK_RECORDS) {
      const chunk = toChunk(records.slice(start, start + CHUNK_RECORDS));
      if (chunk.length > 0) await ask(operation, { model, records: chunk });
    }
    // The test double's methods are spies without a result.
    return isRecorded ? undefined : true;
  }

  const batchSave = (records, model) => write('records.save', records, model);

  async function getRecordsByIds(ids, model) {
    const found = new Map();
    for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
      const group = ids.slice(start, start + IDS_PER_CALL);
      const { records } = await ask('records.by_ids', { ids: group.map(String), model });
      const byText = new Map(records.map((record) => [String(record.id), record]));
      // The caller looks up with the ids it passed, which may be numbers.
      for (const id of group) if (byText.has(String(id))) found.set(id, byText.get(String(id)));
    }
    return found;
  }

  async function* listRecords(model, options) {
    let cursor = options?.cursor;
    do {
      const page = await ask('records.list', { model, ...options, cursor });
      yield* page.records;
      cursor = page.next_cursor;
    } while (cursor);
  }

  return {
    batchSave,
    batchSend: batchSave,
    batchUpdate: (records, model) => write('records.update', records, model),
    batchDelete: (records, model) => write('records.delete', records, model),
    getRecordsByIds,
    listRecords,
    setMergingStrategy: (merging, model) => ask('records.merging_strategy', { strategy: merging?.strategy, model }),
    deleteRecordsFromPreviousExecutions: (model) => ask('records.delete_previous', { model }),
    trackDeletesStart: (model) => ask('track_deletes.start', { model }),
    trackDeletesEnd: (model) => ask('track_deletes.end', { model }),
  };
};
