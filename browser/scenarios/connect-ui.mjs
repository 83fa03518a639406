// The Connect UI: opened by the official frontend in a frame, and on its own from a link.

import { contains, equal, fail, is } from '../../compat/lib/expect.mjs';
import { checkAccessibility } from '../lib/axe.mjs';
import { KEYS, connectionOf, openSession } from '../lib/stage.mjs';
import { atLeast } from '../versions.mjs';

/** Opens the Connect UI as the customer's click does; `events()` gives what it told so far. */
async function open(page, stage, version, { base = stage.connectUrl, token, ...more } = {}) {
  const sessionToken = token ?? (await openSession(stage, more.session));
  await page.evaluate(
    ({ host, base, sessionToken, options }) => {
      window.events = [];
      document.querySelector('#go').onclick = () => {
        const nango = new window.Nango({ host, connectSessionToken: sessionToken, publicKey: 'unused' });
        const ui = nango.openConnectUI({
          baseURL: base,
          apiURL: host,
          ...options,
          onEvent: (event) => {
            window.events.push(event);
            // The first release with a Connect UI leaves handing over the token to the customer.
            if (event.type !== 'ready' || ui.setSessionToken) return;
            document.querySelector('#connect-ui').contentWindow.postMessage({ type: 'session_token', sessionToken }, base);
          },
        });
        ui.setSessionToken?.(sessionToken);
      };
    },
    { host: stage.url, base, sessionToken, options: more.options ?? {} },
  );
  await page.click('#go');
  return page.frameLocator('#connect-ui');
}

const events = (page) => page.evaluate(() => window.events);

async function waitForEvent(page, type) {
  await page.waitForFunction((wanted) => window.events.some((event) => event.type === wanted), type);
  return (await events(page)).find((event) => event.type === type);
}

const hasConnectUi = (version) => atLeast(version, '0.42.13');

/** Journeys that every release with a Connect UI must finish. */
export const inFrame = [
  {
    name: 'opens, connects in a window, tells of it and closes',
    applies: hasConnectUi,
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.oauth] } });
      await frame.getByRole('heading', { name: 'Connect Simulated OAuth' }).waitFor();
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Connect', exact: true }).click(),
      ]);
      await popup.click('#approve');
      const { payload } = await waitForEvent(page, 'connect');
      contains(payload, { providerConfigKey: KEYS.oauth, connectionId: is.text });
      contains(await connectionOf(stage, KEYS.oauth, payload.connectionId), { end_user: { id: 'user-1' } });
      await frame.getByRole('button', { name: 'Finish' }).click();
      await waitForEvent(page, 'close');
      await page.locator('#connect-ui').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'is served by the API at /connect-ui for releases that take a path',
    applies: (version) => atLeast(version, '0.69.0'),
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { base: `${stage.url}/connect-ui/` });
      await frame.getByRole('heading', { name: 'Connect an account' }).waitFor();
    },
  },
  {
    name: 'is served by the API at its bare origin for every release',
    applies: hasConnectUi,
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { base: stage.url });
      await frame.getByRole('heading', { name: 'Connect an account' }).waitFor();
    },
  },
];

/** What is tested once, with the newest release. */
export const journeys = [
  {
    name: 'an API key is checked while typed, refused by the provider, and then connected',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.key] } });
      const submit = frame.getByRole('button', { name: 'Connect', exact: true });
      await submit.click();
      await frame.getByText('This field is required.').waitFor();
      await frame.getByLabel('Region').selectOption('us');
      const key = frame.getByLabel('API key', { exact: true });
      await key.fill('nonsense');
      await frame.getByText('This does not have the expected form.').waitFor();
      await frame.getByLabel(/Subdomain/).fill('https://acme.example.com/x');
      equal(await frame.getByLabel(/Subdomain/).inputValue(), 'acme', 'pasted address');
      await key.fill('key-wrong');
      await submit.click();
      await frame.getByRole('heading', { name: 'Not connected' }).waitFor();
      contains(await waitForEvent(page, 'error'), { payload: { errorType: 'connection_test_failed' } });
      await frame.getByRole('button', { name: 'Back' }).last().click();
      await frame.getByLabel('API key', { exact: true }).fill('sim-key-1');
      await frame.getByLabel('Region').selectOption('us');
      await submit.click();
      const { payload } = await waitForEvent(page, 'connect');
      const connection = await connectionOf(stage, KEYS.key, payload.connectionId);
      contains(connection, { credentials: { apiKey: 'sim-key-1' }, connection_config: { region: 'us' } });
    },
  },
  {
    name: 'presets are sent and not shown',
    async run({ page, stage, version }) {
      const defaults = { [KEYS.key]: { connection_config: { region: 'eu', subdomain: 'acme' } } };
      const session = { allowed_integrations: [KEYS.key], integrations_config_defaults: defaults };
      const frame = await open(page, stage, version, { session });
      await frame.getByLabel('API key', { exact: true }).fill('sim-key-2');
      equal(await frame.getByLabel('Region').count(), 0, 'region fields');
      await frame.getByRole('button', { name: 'Connect', exact: true }).click();
      const { payload } = await waitForEvent(page, 'connect');
      const connection = await connectionOf(stage, KEYS.key, payload.connectionId);
      equal(connection.connection_config, { region: 'eu', subdomain: 'acme' }, 'connection_config');
    },
  },
  {
    name: 'a window that the browser blocks keeps the form and says so',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.oauth] } });
      await frame.getByRole('button', { name: 'Connect', exact: true }).waitFor();
      const inner = page.frames().find((one) => one.url().startsWith(stage.connectUrl));
      await inner.evaluate(() => {
        window.open = () => null;
      });
      await frame.getByRole('button', { name: 'Connect', exact: true }).click();
      await frame.getByText('Your browser blocked the window.').waitFor();
      contains(await waitForEvent(page, 'error'), { payload: { errorType: 'blocked_by_browser' } });
    },
  },
  {
    name: 'a user who lost the window opens another, and only that one counts',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.oauth] } });
      const [lost] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Connect', exact: true }).click(),
      ]);
      const [found] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Open again' }).click(),
      ]);
      await found.click('#approve');
      contains((await waitForEvent(page, 'connect')).payload, { providerConfigKey: KEYS.oauth, connectionId: is.text });
      if (!lost.isClosed()) await lost.waitForEvent('close');
      equal((await events(page)).some((event) => event.type === 'error'), false, 'errors told');
    },
  },
  {
    name: 'a window closed too early keeps the form and says so',
    async run({ page, stage, version }) {
      const session = { allowed_integrations: [KEYS.oauth] };
      const frame = await open(page, stage, version, { session, options: { detectClosedAuthWindow: true } });
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Connect', exact: true }).click(),
      ]);
      await popup.waitForSelector('#approve');
      await popup.close();
      await frame.getByText('The window was closed').waitFor();
      contains(await waitForEvent(page, 'error'), { payload: { errorType: 'window_closed' } });
    },
  },
  {
    name: 'a user who says no reads the reason, in the window and in the page',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.oauth] } });
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Connect', exact: true }).click(),
      ]);
      await popup.click('#deny');
      await frame.getByRole('heading', { name: 'Not connected' }).waitFor();
      await frame.getByText('Details').click();
      await frame.getByText(/access_denied/).waitFor();
      contains(await waitForEvent(page, 'error'), { payload: { errorType: 'callback_err' } });
    },
  },
  {
    name: 'without a WebSocket the end of the window is asked for',
    async run({ page, context, stage, version }) {
      await context.routeWebSocket(/.*/, (socket) => socket.close());
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.oauth] } });
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        frame.getByRole('button', { name: 'Connect', exact: true }).click(),
      ]);
      await popup.click('#approve');
      contains(await waitForEvent(page, 'connect'), { payload: { providerConfigKey: KEYS.oauth } });
    },
  },
  {
    name: 'a reconnect keeps the connection',
    async run({ page, stage, version }) {
      const id = `again-${Date.now()}`;
      const credentials = { type: 'API_KEY', apiKey: 'sim-key-old' };
      await stage.api.post('/connections', { provider_config_key: KEYS.key, connection_id: id, credentials });
      const opened = await stage.api.post('/connect/sessions/reconnect', { connection_id: id, integration_id: KEYS.key });
      const frame = await open(page, stage, version, { token: opened.json().data.token });
      await frame.getByRole('heading', { name: /^Reconnect/ }).waitFor();
      await frame.getByLabel('API key', { exact: true }).fill('sim-key-new');
      await frame.getByRole('button', { name: 'Reconnect' }).click();
      contains(await waitForEvent(page, 'connect'), { payload: { connectionId: id } });
      contains(await connectionOf(stage, KEYS.key, id), { credentials: { apiKey: 'sim-key-new' } });
    },
  },
  {
    name: 'an end user sees their connections, authorizes one again and ends it',
    async run({ page, stage, version, picture }) {
      const owner = { id: 'manager', email: 'manager@example.com' };
      const imported = {
        provider_config_key: KEYS.key,
        connection_id: 'managed',
        credentials: { type: 'API_KEY', apiKey: 'sim-key-1' },
        connection_config: { region: 'eu' },
        end_user: owner,
      };
      equal((await stage.api.post('/connections', imported)).status, 201, 'status of the import');
      const session = { end_user: owner, manage_connections: true };
      for (const colorScheme of ['light', 'dark']) {
        await page.goto(`${stage.connectUrl}/?theme=${colorScheme}&session_token=${await openSession(stage, session)}`);
        await page.getByRole('heading', { name: 'Your connections' }).waitFor();
        await picture(`own-${colorScheme}`);
        await checkAccessibility(page, `own, ${colorScheme}`);
      }
      await page.goto(`${stage.host}/${version}`);
      const frame = await open(page, stage, version, { session });
      await frame.getByRole('button', { name: 'Reconnect: Simulated key' }).click();
      await frame.getByRole('heading', { name: 'Reconnect Simulated key' }).waitFor();
      await frame.getByRole('button', { name: 'Back' }).click();
      await frame.getByRole('button', { name: 'Reconnect: Simulated key' }).click();
      await frame.getByLabel('API key', { exact: true }).fill('sim-key-2');
      await frame.getByLabel('Region').selectOption('us');
      await frame.getByRole('button', { name: 'Reconnect' }).click();
      equal((await waitForEvent(page, 'connect')).payload.connectionId, 'managed', 'connection');
      contains(await connectionOf(stage, KEYS.key, 'managed'), { credentials: { apiKey: 'sim-key-2' }, end_user: owner });
      await frame.getByRole('button', { name: 'Finish' }).click();
      await page.locator('#connect-ui').waitFor({ state: 'detached' });

      const later = await open(page, stage, version, { session });
      page.once('dialog', (dialog) => dialog.accept());
      await later.getByRole('button', { name: 'Disconnect: Simulated key' }).click();
      await later.getByRole('heading', { name: 'Connect an account' }).waitFor();
      const gone = await stage.api.get(`/connections/managed?provider_config_key=${KEYS.key}`);
      equal(gone.status, 404, 'status of the connection');
    },
  },
  {
    name: 'a form that was changed asks before it closes, by key and by a click outside',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.basic] } });
      await frame.getByLabel('User name').fill('someone');
      const asked = [];
      page.on('dialog', (dialog) => {
        asked.push(dialog.message());
        return asked.length < 3 ? dialog.dismiss() : dialog.accept();
      });
      await frame.getByLabel('User name').press('Escape');
      await page.mouse.click(5, 5);
      equal((await events(page)).some((event) => event.type === 'close'), false, 'closed');
      await frame.getByLabel('User name').press('Escape');
      await waitForEvent(page, 'close');
      equal(asked.length, 3, 'questions');
    },
  },
  {
    name: 'everything is done by keyboard alone',
    async run({ page, stage, version }) {
      const frame = await open(page, stage, version, { session: { allowed_integrations: [KEYS.basic, KEYS.none] } });
      await frame.getByRole('heading', { name: 'Connect an account' }).waitFor();
      const inner = page.frames().find((one) => one.url().startsWith(stage.connectUrl));
      const focused = () => inner.evaluate(() => document.activeElement?.textContent || document.activeElement?.id);
      const press = async (key, until) => {
        for (let at = 0; at < 12; at += 1) {
          await page.keyboard.press(key);
          if (until.test((await focused()) ?? '')) return;
        }
        fail(`${until} was not reached with ${key}`);
      };
      await press('Tab', /basic|Simulated user/);
      await page.keyboard.press('Enter');
      await frame.getByLabel('User name').waitFor();
      await page.keyboard.type('sim-user');
      await page.keyboard.press('Tab');
      await page.keyboard.type('sim-password');
      await page.keyboard.press('Enter');
      contains(await waitForEvent(page, 'connect'), { payload: { providerConfigKey: KEYS.basic } });
      await frame.getByRole('button', { name: 'Finish' }).waitFor();
      await page.keyboard.press('Enter');
      await waitForEvent(page, 'close');
    },
  },
  {
    name: 'a link in a tab of its own connects, and the token leaves the address bar',
    async run({ page, stage }) {
      const opened = await stage.api.post('/connect/sessions', { tags: {}, allowed_integrations: [KEYS.none] });
      await page.goto(opened.json().data.connect_link);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByText('You can close this tab.').waitFor();
      equal(page.url().includes('session_token'), false, 'token in the address');
      equal(await page.getByRole('button', { name: 'Close' }).count(), 0, 'close buttons');
    },
  },
  {
    name: 'a link says whose account it connects, and where wanted nothing is connected without a yes',
    async run({ page, stage, picture }) {
      const body = { end_user: { id: 'm', email: 'mallory@example.com' }, confirm_account: true };
      const opened = await stage.api.post('/connect/sessions', { ...body, allowed_integrations: [KEYS.oauth] });
      await page.goto(opened.json().data.connect_link);
      const approve = async () => {
        await page.getByText('The account is connected for mallory@example.com.').waitFor();
        const [popup] = await Promise.all([
          page.waitForEvent('popup'),
          page.getByRole('button', { name: 'Connect', exact: true }).click(),
        ]);
        await popup.click('#approve');
        await popup.getByText('It will be connected for mallory@example.com.').waitFor();
        equal(popup.url(), `${stage.url}/oauth/callback`, 'address');
        return popup;
      };
      const declined = await approve();
      for (const colorScheme of ['light', 'dark']) {
        await declined.emulateMedia({ colorScheme });
        await picture(`question-${colorScheme}`, declined);
        await checkAccessibility(declined, `question, ${colorScheme}`);
      }
      await declined.getByRole('button', { name: 'Do not connect' }).click();
      await page.getByRole('heading', { name: 'Not connected' }).waitFor();
      await page.getByRole('button', { name: 'Back' }).last().click();
      const agreed = await approve();
      await agreed.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.getByRole('heading', { name: 'Connected', exact: true }).waitFor();
    },
  },
  {
    name: 'a page without a token or with one that ended says what to do',
    async run({ page, stage }) {
      await page.goto(stage.connectUrl);
      await page.getByRole('heading', { name: 'Open this page from the application' }).waitFor();
      await page.goto(`${stage.connectUrl}/?session_token=nango_connect_session_${'0'.repeat(64)}`);
      await page.getByRole('heading', { name: 'This link has expired' }).waitFor();
    },
  },
  {
    name: 'the page speaks the language it is asked for',
    async run({ page, stage }) {
      for (const [lang, title] of [
        ['fr', 'Connecter un compte'],
        ['de', 'Konto verbinden'],
        ['es', 'Conectar una cuenta'],
        ['ja', 'アカウントを接続'],
      ]) {
        await page.goto(`${stage.connectUrl}/?lang=${lang}&session_token=${await openSession(stage)}`);
        await page.getByRole('heading', { name: title }).waitFor();
        equal(await page.locator('html').getAttribute('lang'), lang, 'lang');
      }
    },
  },
  {
    name: 'no screen breaks the rules of accessibility, in either theme and on a small screen',
    async run({ page, context, stage, picture }) {
      await context.route('**/connect/session', (route) => route.continue());
      for (const theme of ['light', 'dark']) {
        for (const viewport of [
          { width: 1000, height: 780 },
          { width: 390, height: 844 },
        ]) {
          await page.setViewportSize(viewport);
          const look = async (name) => {
            await picture(`${name}-${theme}-${viewport.width}`);
            await checkAccessibility(page, `${name}, ${theme}, ${viewport.width}`);
          };
          const visit = async (session, path = '') => {
            const token = await openSession(stage, session);
            await page.goto(`${stage.connectUrl}/${path}?theme=${theme}&session_token=${token}`);
          };
          await visit({});
          await page.getByRole('heading', { name: 'Connect an account' }).waitFor();
          await look('list');
          await visit({ allowed_integrations: [KEYS.key] });
          await page.getByLabel('API key', { exact: true }).waitFor();
          await look('form');
          await page.getByRole('button', { name: 'Connect', exact: true }).click();
          await page.getByText('This field is required.').waitFor();
          await look('form-problem');
          await page.getByLabel('API key', { exact: true }).fill('key-wrong');
          await page.getByRole('button', { name: 'Connect', exact: true }).click();
          await page.getByRole('heading', { name: 'Not connected' }).waitFor();
          await page.getByText('Details').click();
          await look('failure');
          await visit({ allowed_integrations: [KEYS.oauth] });
          await page.getByRole('heading', { name: /^Connect/ }).waitFor();
          await look('form-window');
          await visit({ allowed_integrations: [KEYS.none] });
          await page.getByRole('button', { name: 'Connect', exact: true }).click();
          await page.getByRole('heading', { name: 'Connected', exact: true }).waitFor();
          await look('success');
          await page.goto(`${stage.connectUrl}/?theme=${theme}`);
          await page.getByRole('heading', { name: 'Open this page from the application' }).waitFor();
          await look('direct');
        }
      }
    },
  },
  {
    name: 'the page a window ends on can be read by everyone',
    async run({ page, stage, picture }) {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await page.goto(`${stage.url}/oauth/callback?state=x&error=access_denied&error_description=You%20said%20no`);
        await page.getByText('Details').click();
        await page.getByText(/You said no/).waitFor();
        equal(page.url(), `${stage.url}/oauth/callback`, 'address');
        await picture(`ending-${colorScheme}`);
        await checkAccessibility(page, `ending, ${colorScheme}`);
      }
    },
  },
];
