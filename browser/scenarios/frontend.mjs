// The official frontend, unmodified: windows at the provider and credentials typed into the customer's own form.

import { contains, equal, fail, is } from '../../compat/lib/expect.mjs';
import { KEYS, connectionOf, openSession } from '../lib/stage.mjs';
import { atLeast, takesSession } from '../versions.mjs';

/** Calls the frontend as a click on the customer's button does, and gives what its promise came to. */
async function call(page, stage, version, method, args, more = {}) {
  const auth = takesSession(version)
    ? { connectSessionToken: more.token ?? (await openSession(stage)) }
    : { publicKey: stage.publicKey };
  await page.evaluate(
    ({ config, method, args }) => {
      window.outcome = new Promise((resolve) => {
        document.querySelector('#go').onclick = () => {
          const nango = new window.Nango(config);
          nango[method](...args).then(
            (value) => resolve({ value }),
            (error) => resolve({ error: { type: error.type, message: error.message } }),
          );
        };
      });
    },
    { config: { host: stage.url, ...auth }, method, args },
  );
  await page.click('#go');
  return () => page.evaluate(() => window.outcome);
}

/** Sessions decide the connection's id; with a public key the page names it. */
const idFor = (version, topic) => (takesSession(version) ? [] : [`${topic}-${version}`]);

/** The window that a call opens. */
async function windowOf(page, open) {
  const [popup, outcome] = await Promise.all([page.waitForEvent('popup'), open()]);
  return { popup, outcome };
}

export default [
  {
    name: 'a window at the provider ends in a connection',
    async run({ page, stage, version }) {
      const args = [KEYS.oauth, ...idFor(version, 'window')];
      const { popup, outcome } = await windowOf(page, () => call(page, stage, version, 'auth', args));
      await popup.click('#approve');
      const { value, error } = await outcome();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      contains(value, { providerConfigKey: KEYS.oauth, connectionId: is.text });
      const connection = await connectionOf(stage, KEYS.oauth, value.connectionId);
      equal(connection.credentials.type, 'OAUTH2', 'type');
      if (takesSession(version)) contains(connection, { end_user: { id: 'user-1', email: 'ada@example.com' } });
      if (!popup.isClosed()) await popup.waitForEvent('close');
    },
  },
  {
    name: 'a user who says no is told to the customer with the reason',
    async run({ page, stage, version }) {
      const args = [KEYS.oauth, ...idFor(version, 'denied')];
      const { popup, outcome } = await windowOf(page, () => call(page, stage, version, 'auth', args));
      await popup.click('#deny');
      const { error } = await outcome();
      contains(error, { type: 'callback_err', message: is.matching(/access_denied/) });
    },
  },
  {
    name: 'an integration that does not exist is told to the customer',
    async run({ page, stage, version }) {
      const args = ['nope', ...idFor(version, 'nope')];
      const { outcome } = await windowOf(page, () => call(page, stage, version, 'auth', args));
      contains((await outcome()).error, { type: 'provider_config_err' });
    },
  },
  {
    name: 'a session that ended does not leave the customer waiting',
    applies: takesSession,
    async run({ page, stage, version }) {
      const token = `nango_connect_session_${'0'.repeat(64)}`;
      const open = () => call(page, stage, version, 'auth', [KEYS.oauth], { token });
      const { popup, outcome } = await windowOf(page, open);
      contains((await outcome()).error, { type: 'unknown_connect_session_token' });
      if (!popup.isClosed()) await popup.close();
    },
  },
  {
    name: 'an API key becomes a connection, and a wrong one a typed error',
    async run({ page, stage, version }) {
      const args = (key) => [KEYS.key, ...idFor(version, 'key'), { credentials: { apiKey: key }, params: { region: 'eu' } }];
      const outcome = await call(page, stage, version, 'auth', args('sim-key-1'));
      const { value, error } = await outcome();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      const connection = await connectionOf(stage, KEYS.key, value.connectionId);
      contains(connection, { credentials: { type: 'API_KEY', apiKey: 'sim-key-1' }, connection_config: { region: 'eu' } });
      const refused = await (await call(page, stage, version, 'auth', args('key-wrong')))();
      if (atLeast(version, '0.42.13')) equal(refused.error?.type, 'connection_test_failed', 'type');
      else if (!refused.error) fail('a wrong key was accepted');
    },
  },
  {
    name: 'user name and password become a connection',
    async run({ page, stage, version }) {
      const credentials = { username: 'sim-user', password: 'sim-password' };
      const args = [KEYS.basic, ...idFor(version, 'basic'), { credentials }];
      const { value, error } = await (await call(page, stage, version, 'auth', args))();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      contains(await connectionOf(stage, KEYS.basic, value.connectionId), { credentials: { type: 'BASIC' } });
    },
  },
  {
    name: 'client credentials become a connection',
    applies: (version) => atLeast(version, '0.42.13'),
    async run({ page, stage, version }) {
      const credentials = { client_id: 'sim-client', client_secret: 'sim-secret' };
      const args = [KEYS.cc, ...idFor(version, 'cc'), { credentials }];
      const { value, error } = await (await call(page, stage, version, 'auth', args))();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      contains(await connectionOf(stage, KEYS.cc, value.connectionId), { credentials: { token: is.text } });
    },
  },
  {
    name: 'fields of two steps become a connection',
    applies: (version) => atLeast(version, '0.48.0'),
    async run({ page, stage, version }) {
      const credentials = { type: 'TWO_STEP', clientId: 'sim-client', clientSecret: 'sim-secret' };
      const { value, error } = await (await call(page, stage, version, 'auth', [KEYS.twoStep, { credentials }]))();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      contains(await connectionOf(stage, KEYS.twoStep, value.connectionId), { credentials: { type: 'TWO_STEP' } });
    },
  },
  {
    name: 'an account without credentials is created',
    async run({ page, stage, version }) {
      const args = [KEYS.none, ...idFor(version, 'none')];
      const { value, error } = await (await call(page, stage, version, 'create', args))();
      if (error) fail(`the promise was rejected: ${JSON.stringify(error)}`);
      contains(value, { providerConfigKey: KEYS.none, connectionId: is.text });
    },
  },
];
