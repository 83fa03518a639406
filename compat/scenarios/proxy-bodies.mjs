// Bodies on their way to the provider: JSON, forms, multipart, bytes, streams.

import { Readable } from 'node:stream';
import { contains, equal, is } from '../lib/expect.mjs';
import { connectionOf, probeOf } from '../lib/proxying.mjs';

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const LARGE = Buffer.alloc(1_024_000, 'bowline ');
const asJson = ({ body }) => JSON.parse(body.toString('utf8'));

export default {
  resource: 'proxy (bodies)',
  scenarios: [
    {
      name: 'JSON arrives with its exact values',
      covers: ['post', 'patch', 'proxy'],
      async run(t) {
        const data = { text: 'ünïcode ✓', number: 1.5, nested: [{ a: null }, true], empty: {} };
        for (const method of ['post', 'patch', 'put']) {
          const probe = probeOf(t, `json-${method}`);
          if (method === 'put') await t.nango.proxy({ ...probe.config, method: 'PUT', data });
          else await t.nango[method]({ ...probe.config, data });
          const seen = await probe.arrived();
          equal(asJson(seen), data, method);
          contains(seen.headers, { 'content-type': is.matching(/^application\/json/) });
        }
      },
    },
    {
      name: 'a top-level array and an own JSON type arrive',
      covers: ['post'],
      async run(t) {
        const probe = probeOf(t, 'json-array');
        await t.nango.post({ ...probe.config, data: [1, { a: 2 }], headers: { 'Content-Type': 'application/json' } });
        equal(asJson(await probe.arrived()), [1, { a: 2 }], 'body');
      },
    },
    {
      name: 'a body of put() arrives',
      covers: ['put'],
      since: '0.62.0',
      async run(t) {
        const probe = probeOf(t, 'put-body');
        await t.nango.put({ ...probe.config, data: { put: true } });
        equal(asJson(await probe.arrived()), { put: true }, 'body');
      },
    },
    {
      name: 'a body of delete() arrives',
      covers: ['delete/e'],
      since: '0.42.17',
      async run(t) {
        const probe = probeOf(t, 'delete-body');
        await t.nango.delete({ ...probe.config, data: { reason: 'over' } });
        equal(asJson(await probe.arrived()), { reason: 'over' }, 'body');
      },
    },
    {
      name: 'bodies of PROPFIND and REPORT arrive',
      covers: ['proxy/h'],
      since: '0.71.10',
      async run(t) {
        const data = '<?xml version="1.0"?><propfind xmlns="DAV:"><allprop/></propfind>';
        for (const method of ['PROPFIND', 'REPORT']) {
          const probe = probeOf(t, `dav-${method}`);
          await t.nango.proxy({
            ...probe.config,
            method,
            data,
            headers: { 'Content-Type': 'application/xml', Depth: '1' },
          });
          const seen = await probe.arrived();
          equal(seen.body.toString(), data, `body of ${method}`);
          contains(seen.headers, { 'content-type': is.matching(/^application\/xml/), depth: '1' });
        }
      },
    },
    {
      name: 'a form stays a form, with and without an own content type',
      covers: ['post'],
      async run(t) {
        const form = 'grant=a+b&list=1&list=2&nested%5Bx%5D=%C3%BC';
        const own = { 'Content-Type': 'application/x-www-form-urlencoded' };
        for (const [topic, headers] of [
          ['form-own', own],
          ['form-plain', {}],
        ]) {
          const probe = probeOf(t, topic);
          await t.nango.post({ ...probe.config, data: new URLSearchParams(form), headers });
          const seen = await probe.arrived();
          equal(seen.body.toString(), form, topic);
          contains(seen.headers, { 'content-type': is.matching(/^application\/x-www-form-urlencoded/) }, topic);
        }
      },
    },
    {
      name: 'a string without a content type arrives as it is',
      covers: ['post'],
      async run(t) {
        const probe = probeOf(t, 'text');
        await t.nango.post({ ...probe.config, data: 'just=some text & more' });
        equal((await probe.arrived()).body.toString(), 'just=some text & more', 'body');
      },
    },
    {
      name: 'text with an own content type arrives as it is',
      covers: ['post'],
      async run(t) {
        const probe = probeOf(t, 'csv');
        await t.nango.post({ ...probe.config, data: 'a;b\n1;2\n', headers: { 'Content-Type': 'text/csv' } });
        const seen = await probe.arrived();
        equal(seen.body.toString(), 'a;b\n1;2\n', 'body');
        equal(seen.headers['content-type'], 'text/csv', 'content type');
      },
    },
    {
      name: 'a multipart form arrives with its fields and files',
      covers: ['post'],
      async run(t) {
        const form = new FormData();
        form.append('field', 'välue');
        form.append('file', new Blob([BYTES], { type: 'image/png' }), 'bytes.png');
        const probe = probeOf(t, 'multipart');
        await t.nango.post({ ...probe.config, data: form, headers: { 'Content-Type': 'multipart/form-data' } });
        const seen = await probe.arrived();
        contains(seen.headers, { 'content-type': is.matching(/^multipart\/form-data; ?boundary=/) });
        const parsed = await new Response(seen.body, {
          headers: { 'content-type': seen.headers['content-type'] },
        }).formData();
        equal(parsed.get('field'), 'välue', 'field');
        const file = parsed.get('file');
        equal([file.name, file.type], ['bytes.png', 'image/png'], 'file');
        equal(Buffer.from(await file.arrayBuffer()), BYTES, 'bytes of the file');
      },
    },
    {
      name: 'bytes arrive unchanged',
      covers: ['post'],
      async run(t) {
        const probe = probeOf(t, 'bytes');
        await t.nango.post({ ...probe.config, data: BYTES, headers: { 'Content-Type': 'application/octet-stream' } });
        const seen = await probe.arrived();
        equal(seen.body, BYTES, 'body');
        equal(seen.headers['content-type'], 'application/octet-stream', 'content type');
      },
    },
    {
      name: 'a stream of unknown length arrives unchanged',
      covers: ['post'],
      async run(t) {
        const probe = probeOf(t, 'stream');
        const data = Readable.from([BYTES, BYTES, Buffer.from('end')]);
        await t.nango.post({ ...probe.config, data, headers: { 'Content-Type': 'application/octet-stream' } });
        equal((await probe.arrived()).body, Buffer.concat([BYTES, BYTES, Buffer.from('end')]), 'body');
      },
    },
    {
      name: 'a body of a million bytes arrives whole',
      covers: ['post'],
      async run({ nango, seed, simulator }) {
        const headers = { 'Content-Type': 'application/octet-stream' };
        const direct = await simulator.http.send({ method: 'POST', path: '/api/sink', headers, body: LARGE });
        const config = { endpoint: '/sink', ...connectionOf(seed, 'none'), headers };
        equal((await nango.post({ ...config, data: LARGE })).data, direct.json(), 'length and hash of a buffer');
        const data = Readable.from(
          LARGE.toString()
            .match(/.{65536}|.+$/g)
            .map((part) => Buffer.from(part)),
        );
        equal((await nango.post({ ...config, data })).data, direct.json(), 'length and hash of a stream');
      },
    },
  ],
};
