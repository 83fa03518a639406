// Brings up what the suite talks to: the provider simulator, the server under test, and a second server
// with a low rate limit. Everything lives in one temporary folder.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, runCommand, startService } from './process.mjs';
import { send } from './http.mjs';
import { fail } from './expect.mjs';
import { simulatorAt } from './simulator.mjs';

export const ENVIRONMENT_VARIABLES = { COMPAT_PLAIN: 'plain value', COMPAT_UNICODE: 'grüße ✓', COMPAT_SPACE: ' ' };
export const LOW_RATE_LIMIT = 5;

/** Starts everything; `stop()` gives a list of problems met while stopping. */
export async function bringUp({ bin, databaseUrl }) {
  const folder = await mkdtemp(join(tmpdir(), 'bowline-compat-'));
  const started = [];
  const stop = async () => {
    const problems = [];
    for (const service of started.reverse()) problems.push(await service.stop());
    await rm(folder, { recursive: true, force: true });
    return problems.filter(Boolean);
  };
  try {
    const simulator = await startService('simulator', bin, ['sim', '--listen', `127.0.0.1:${await freePort()}`], {});
    started.push(simulator);
    await simulatorAt(simulator.url).configure({ api: { require_auth: false } });
    const shared = await settingsFor(folder, simulator.url);
    const main = await startServer({ bin, databaseUrl, started, shared, folder: join(folder, 'main'), rateLimit: 0 });
    const limited = await startServer({
      bin,
      databaseUrl,
      started,
      shared,
      folder: join(folder, 'limited'),
      rateLimit: LOW_RATE_LIMIT,
    });
    return { target: { simulator: simulator.url, ...main, limited }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function settingsFor(folder, simulatorUrl) {
  const template = await readFile(new URL('../providers.yaml', import.meta.url), 'utf8');
  const providers = join(folder, 'providers.yaml');
  await writeFile(providers, template.replaceAll('{{SIM}}', simulatorUrl));
  return {
    BOWLINE_OUTBOUND_ALLOW: '127.0.0.1',
    BOWLINE_PROVIDERS: providers,
    BOWLINE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
}

/** Starts one server with its database in `folder`, keeps it in `started`, and gives its URL and keys. */
export async function startServer({ bin, databaseUrl, started, shared, folder, rateLimit }) {
  const where = ['--data-dir', folder, ...(databaseUrl ? ['--database-url', databaseUrl] : [])];
  const env = { ...shared, BOWLINE_RATE_LIMIT_PER_MINUTE: String(rateLimit) };
  const listen = `127.0.0.1:${await freePort()}`;
  const service = await startService('server', bin, ['serve', '--listen', listen, ...where], env);
  started.push(service);
  const ready = await send(service.url, { path: '/ready' });
  if (ready.status !== 200) fail(`GET /ready answered ${ready.status} after the readiness line`);

  const environments = JSON.parse(await runCommand(bin, ['env', 'list', '--json', ...where], env));
  const dev = environments.find((environment) => environment.name === 'dev');
  const prod = environments.find((environment) => environment.name === 'prod');
  if (!dev || !prod) fail(`first start must create dev and prod, got ${JSON.stringify(environments)}`);
  if (rateLimit === 0) {
    for (const [name, value] of Object.entries(ENVIRONMENT_VARIABLES)) {
      await runCommand(bin, ['env', 'vars', 'set', name, value, '--env', 'dev', ...where], env);
    }
  }
  return { url: service.url, secretKey: dev.secret_key, prodSecretKey: prod.secret_key };
}
