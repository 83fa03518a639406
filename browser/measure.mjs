#!/usr/bin/env node
// Weight of the Connect UI and time to its content, beside a page of one line that a bare Node server sends.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { bringUp, openSession } from './lib/stage.mjs';
import { VERSIONS } from './versions.mjs';

const ROUNDS = 20;
const { values } = parseArgs({ options: { bin: { type: 'string' } } });
if (!values.bin) {
  console.error('usage: node measure.mjs --bin PATH (a release build)');
  process.exit(2);
}

const bare = createServer((_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Bare</title><h1>Connect an account</h1>'),
);
bare.listen(0, '127.0.0.1');
await once(bare, 'listening');
const { stage, stop } = await bringUp({ bin: values.bin, versions: VERSIONS.slice(-1) });
try {
  const reference = await measure(async () => `http://localhost:${bare.address().port}/`);
  const page = await measure(async () => `${stage.connectUrl}/?session_token=${await openSession(stage)}`);
  const row = (name, { time, bytes, requests }) =>
    console.log(`${name.padEnd(12)} ${time.toFixed(1).padStart(8)} ms ${String(bytes).padStart(8)} bytes ${requests} requests`);
  row('bare page', reference);
  row('Connect UI', page);
  console.log(`ratio of times: ${(page.time / reference.time).toFixed(1)}`);
} finally {
  await stop();
  bare.close();
}

/** Median over new contexts, so that nothing is cached: until the heading is there, and what came over the wire. */
async function measure(address) {
  const times = [];
  let bytes = 0;
  let requests = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send('Network.enable');
    [bytes, requests] = [0, 0];
    network.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests += 1;
    });
    const url = await address();
    const start = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.getByRole('heading', { name: 'Connect an account' }).waitFor();
    times.push(performance.now() - start);
    await page.waitForLoadState('networkidle');
    await context.close();
  }
  times.sort((a, b) => a - b);
  return { time: times[ROUNDS / 2], bytes, requests };
}
