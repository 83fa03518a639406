// One client under load: node node.mjs HOST KEY WORKLOAD CONCURRENCY SECONDS. Prints a line of JSON.
// `get_connection` reads a connection with its credentials, `proxy` calls the provider behind it.

import { Nango } from '../../compat/node_modules/nango-0.71.10/dist/index.js';

const [host, secretKey, workload, concurrency, seconds] = process.argv.slice(2);
const AT = { providerConfigKey: 'bench', connectionId: 'bench-1' };
const nango = new Nango({ host, secretKey });
const WORKLOADS = {
  get_connection: () => nango.getConnection(AT.providerConfigKey, AT.connectionId),
  proxy: () => nango.get({ endpoint: '/document', ...AT, baseUrlOverride: process.env.BENCH_UPSTREAM }),
};
const call = WORKLOADS[workload];

// What starting up costs is not what a call costs.
await run(1);
const before = process.cpuUsage();
const began = performance.now();
const calls = await run(Number(seconds));
const took = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ calls, seconds: took, cpu_seconds: (user + system) / 1e6 }));

async function run(length) {
  const end = performance.now() + length * 1000;
  let done = 0;
  const worker = async () => {
    for (; performance.now() < end; done += 1) await call();
  };
  await Promise.all(Array.from({ length: Number(concurrency) }, worker));
  return done;
}
