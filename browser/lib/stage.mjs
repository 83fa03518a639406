// Brings up what a browser scenario needs: the simulated provider, the server, the customer's page, Chromium.

import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { apiOf } from '../../compat/lib/http.mjs';
import { freePort, runCommand, startService } from '../../compat/lib/process.mjs';
import { simulatorAt } from '../../compat/lib/simulator.mjs';
import { startHost } from './host.mjs';
import { OAUTH1_CLIENT, startOauth1 } from './oauth1.mjs';
import { startMcp } from './mcp.mjs';
import { OIDC_CLIENT, startOidc } from './oidc.mjs';
import { providersAt } from './providers.mjs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** What the seeded integrations are called. */
export const KEYS = { oauth: 'oauth', key: 'key', basic: 'basic', cc: 'cc', none: 'none', twoStep: 'two-step', oidc: 'oidc', oidcMachine: 'oidc-machine', oidcMcp: 'oidc-mcp', mcp: 'mcp', oauth1: 'oauth1' };

/** Starts everything; `stop()` ends it. */
export async function bringUp({ bin, versions }) {
  const folder = await mkdtemp(join(tmpdir(), 'bowline-browser-'));
  const ends = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const sim = await startService('simulator', bin, ['sim', '--listen', `127.0.0.1:${await freePort()}`], {});
    ends.push(sim.stop);
    const providers = join(folder, 'providers.json.yaml');
    const port = await freePort();
    const mcp = await startMcp();
    ends.push(mcp.stop);
    const oidc = await startOidc(`http://localhost:${port}/oauth/callback`, mcp.url);
    ends.push(oidc.stop);
    mcp.useIssuer(oidc.url);
    const oauth1 = await startOauth1();
    ends.push(oauth1.stop);
    await writeFile(providers, JSON.stringify(providersAt({ base: sim.url, oidc: oidc.url, oauth1: oauth1.url })));
    const server = await startServer(bin, folder, providers, port);
    ends.push(server.stop);
    const host = await startHost(versions);
    ends.push(host.stop);
    const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
    ends.push(() => browser.close());
    const stage = { ...server, oidc, mcp, host: host.url, browser, simulator: simulatorAt(sim.url), simulatorUrl: sim.url };
    await seed(stage);
    return { stage, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServer(bin, folder, providers, port) {
  const connectPort = await freePort();
  const connectUrl = `http://localhost:${connectPort}`;
  const env = {
    BOWLINE_OUTBOUND_ALLOW: '127.0.0.1,::1,localhost',
    BOWLINE_PROVIDERS: providers,
    BOWLINE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BOWLINE_ALLOW_PUBLIC_KEYS: 'true',
    BOWLINE_RATE_LIMIT_PER_MINUTE: '0',
    BOWLINE_CONNECT_UI_URL: connectUrl,
    BOWLINE_CONNECT_UI_LISTEN: `127.0.0.1:${connectPort}`,
  };
  const where = ['--data-dir', join(folder, 'data')];
  const service = await startService('server', bin, ['serve', '--listen', `127.0.0.1:${port}`, ...where], env);
  const environments = JSON.parse(await runCommand(bin, ['env', 'list', '--json', ...where], env));
  const dev = environments.find((environment) => environment.name === 'dev');
  const api = apiOf(service.url, dev.secret_key);
  return {
    url: `http://localhost:${port}`,
    connectUrl,
    publicKey: dev.public_key,
    api,
    log: service.log,
    stop: service.stop,
  };
}

async function seed({ api }) {
  const client = { type: 'OAUTH2', client_id: 'sim-client', client_secret: 'sim-secret' };
  const integrations = [
    { provider: 'sim-oauth', unique_key: KEYS.oauth, credentials: client },
    { provider: 'sim-key', unique_key: KEYS.key },
    { provider: 'sim-basic', unique_key: KEYS.basic },
    { provider: 'sim-cc', unique_key: KEYS.cc },
    { provider: 'sim-none', unique_key: KEYS.none },
    { provider: 'sim-two-step', unique_key: KEYS.twoStep },
    { provider: 'oidc', unique_key: KEYS.oidc, credentials: { type: 'OAUTH2', ...OIDC_CLIENT } },
    { provider: 'oidc-machine', unique_key: KEYS.oidcMachine },
    { provider: 'oidc-mcp', unique_key: KEYS.oidcMcp },
    { provider: 'mcp', unique_key: KEYS.mcp },
    { provider: 'oauth1', unique_key: KEYS.oauth1, credentials: { type: 'OAUTH1', ...OAUTH1_CLIENT } },
  ];
  for (const integration of integrations) {
    const reply = await api.post('/integrations', integration);
    if (reply.status !== 200) throw new Error(`${integration.unique_key}: ${reply.text}`);
  }
}

function findChromium() {
  const found = [process.env.CHROMIUM, ...CHROMIUM].find((path) => path && existsSync(path));
  if (!found) throw new Error('Chromium is missing: install it, or name it in CHROMIUM');
  return found;
}

/** Opens a session as the customer's backend does, and gives its token. */
export async function openSession({ api }, more = {}) {
  const reply = await api.post('/connect/sessions', { end_user: { id: 'user-1', email: 'ada@example.com' }, ...more });
  if (reply.status !== 201) throw new Error(reply.text);
  return reply.json().data.token;
}

/** A connection with its credentials. */
export async function connectionOf({ api }, integration, id) {
  const reply = await api.get(`/connections/${id}?provider_config_key=${integration}`);
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.json();
}
