import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from './support/engine.mjs';

const OK = () => ({ deletedKeys: ['9'] });
const WRITES = [
  'records.save',
  'records.update',
  'records.delete',
  'records.delete_previous',
  'records.merging_strategy',
];
const HANDLERS = Object.fromEntries(
  [...WRITES, 'track_deletes.start', 'track_deletes.end'].map((name) => [name, OK]),
);

// Runs the body of a sync; what it returns comes back in the payload of an error, since syncs have no output.
async function sync(body, handlers = HANDLERS, job = {}) {
  const engine = createEngine(handlers);
  const source = `exports.default = { type: 'sync', exec: async (nango) => {
    const result = await (async () => { ${body} })(); throw new nango.ActionError({ result }); } };`;
  const { value } = await engine.run(source, { kind: 'sync', ...job });
  assert.equal(value.type, 'action_script_runtime_error', JSON.stringify(value));
  return { result: value.payload.result, engine };
}

test('records are sent in chunks of a thousand', async () => {
  const { result, engine } = await sync(
    "return await nango.batchSave(Array.from({ length: 2500 }, (_, id) => ({ id: String(id) })), 'Issue');",
  );
  assert.equal(result, true);
  const sent = engine.callsOf('records.save');
  assert.deepEqual(
    sent.map(({ records }) => records.length),
    [1000, 1000, 500],
  );
  assert.equal(sent[2].records[499].id, '2499');
  assert.equal(sent[0].model, 'Issue');
});

test('nothing is sent of nothing', async () => {
  const { result, engine } = await sync(
    "return [await nango.batchSave([], 'A'), await nango.batchDelete(undefined, 'A'), await nango.batchUpdate(null, 'A')];",
  );
  assert.deepEqual(result, [true, true, true]);
  assert.equal(engine.calls.length, 0);
});

test('the metadata of read records is not written back', async () => {
  const { engine } = await sync("await nango.batchSend([{ id: '1', a: 2, _nango_metadata: { cursor: 'x' } }], 'A');");
  assert.deepEqual(engine.callsOf('records.save'), [{ model: 'A', records: [{ id: '1', a: 2 }] }]);
});

test('a hole in the list ends its chunk', async () => {
  const { engine } = await sync("await nango.batchSave([{ id: '1' }, null, { id: '2' }], 'A');");
  assert.deepEqual(engine.callsOf('records.save')[0].records, [{ id: '1' }]);
});

test('the other writers use their own operations', async () => {
  const { result, engine } = await sync(
    `await nango.batchUpdate([{ id: 1 }], 'A'); await nango.batchDelete([{ id: 1 }], 'A');
     await nango.setMergingStrategy({ strategy: 'override' }, 'A'); await nango.trackDeletesStart('A');
     const previous = await nango.deleteRecordsFromPreviousExecutions('A');
     return [previous, await nango.trackDeletesEnd('A')];`,
  );
  assert.deepEqual(result, [{ deletedKeys: ['9'] }, { deletedKeys: ['9'] }]);
  assert.deepEqual(
    engine.calls.map(({ operation }) => operation),
    [
      'records.update',
      'records.delete',
      'records.merging_strategy',
      'track_deletes.start',
      'records.delete_previous',
      'track_deletes.end',
    ],
  );
  assert.deepEqual(engine.callsOf('records.merging_strategy'), [{ strategy: 'override', model: 'A' }]);
});

test('records are found by the ids that were passed', async () => {
  const handlers = {
    'records.by_ids': ({ ids }) => ({ records: ids.filter((id) => id !== '3').map((id) => ({ id })) }),
  };
  const { result, engine } = await sync(
    `const found = await nango.getRecordsByIds([...Array.from({ length: 149 }, (_, i) => i), 'x'], 'A');
     return [found.size, found.get(7), found.has('7'), found.has(3), found.get('x')];`,
    handlers,
  );
  assert.deepEqual(result, [149, { id: '7' }, false, false, { id: 'x' }]);
  assert.deepEqual(
    engine.callsOf('records.by_ids').map(({ ids }) => ids.length),
    [100, 50],
  );
});

test('records are listed page by page', async () => {
  const pages = { a: { records: [{ id: '1' }], next_cursor: 'b' }, b: { records: [{ id: '2' }], next_cursor: null } };
  const { result } = await sync(
    "const all = []; for await (const record of nango.listRecords('A', { cursor: 'a' })) all.push(record.id); return all;",
    { 'records.list': ({ cursor }) => pages[cursor] },
  );
  assert.deepEqual(result, ['1', '2']);
});

test('a recorded run answers nothing for writes', async () => {
  const { result } = await sync("return (await nango.batchSave([{ id: '1' }], 'A')) ?? 'nothing';", HANDLERS, {
    harness: true,
  });
  assert.equal(result, 'nothing');
});
