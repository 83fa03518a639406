// Servers of others as upstream: a certified one for code, PKCE, issuer, refresh rotation and client credentials, and
// one that verifies OAuth 1 signatures with a library of its own.

import { contains, equal, fail, is } from '../../compat/lib/expect.mjs';
import { OIDC_MACHINE, approveAt } from '../lib/oidc.mjs';
import { KEYS, connectionOf, openSession } from '../lib/stage.mjs';

async function connect(page, stage, key = KEYS.oidc, params = {}) {
  const token = await openSession(stage, { allowed_integrations: [key] });
  await page.evaluate(
    ({ host, token, key, params }) => {
      document.querySelector('#go').onclick = () => {
        const nango = new window.Nango({ host, connectSessionToken: token });
        window.outcome = nango.auth(key, { params }).then(
          (value) => ({ value }),
          (error) => ({ error: { type: error.type, message: error.message } }),
        );
      };
    },
    { host: stage.url, token, key, params },
  );
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('#go')]);
  return popup;
}

const outcome = (page) => page.evaluate(() => window.outcome);

export default [
  {
    name: 'a code is exchanged with PKCE, and refresh tokens rotate without loss',
    async run({ page, stage }) {
      const popup = await connect(page, stage);
      await approveAt(popup, 'ada');
      const { value, error } = await outcome(page);
      if (error) fail(`${JSON.stringify(error)}; ${stage.oidc.problems}`);
      const path = `/connections/${value.connectionId}?provider_config_key=${KEYS.oidc}&refresh_token=true`;
      const read = async (more = '') => (await stage.api.get(`${path}${more}`)).json().credentials;
      const first = await read();
      contains(first, { type: 'OAUTH2', access_token: is.text, refresh_token: is.text, expires_at: is.isoZ });
      let before = first;
      for (let round = 0; round < 3; round += 1) {
        const after = await read('&force_refresh=true');
        contains(after, {
          access_token: is.textOtherThan(before.access_token),
          refresh_token: is.textOtherThan(before.refresh_token),
        });
        before = after;
      }
      equal(stage.oidc.problems, [], 'what the server refused');
    },
  },
  {
    name: 'a user who turns back at the sign-in is told to the customer',
    async run({ page, stage }) {
      const popup = await connect(page, stage);
      await popup.getByRole('link', { name: /Cancel/ }).click();
      contains((await outcome(page)).error, { type: 'callback_err', message: is.matching(/access_denied/) });
      stage.oidc.problems.length = 0;
    },
  },
  {
    name: 'a client registers itself once, and its tokens rotate',
    async run({ page, stage }) {
      const ids = [];
      for (const user of ['ada', 'grace']) {
        const popup = await connect(page, stage, KEYS.oidcMcp);
        await approveAt(popup, user);
        const { value, error } = await outcome(page);
        if (error) fail(`${JSON.stringify(error)}; ${stage.oidc.problems}`);
        const path = `/connections/${value.connectionId}?provider_config_key=${KEYS.oidcMcp}&force_refresh=true`;
        contains((await stage.api.get(path)).json().credentials, { type: 'OAUTH2', access_token: is.text });
        ids.push(new URL(stage.oidc.authorizations.at(-1)).searchParams.get('client_id'));
        await page.context().clearCookies();
      }
      equal(ids[0] !== null && ids[0] === ids[1], true, `one client id for both (${ids})`);
    },
  },
  {
    name: 'an MCP server that describes itself is connected, for tokens of its own',
    async run({ page, stage }) {
      const popup = await connect(page, stage, KEYS.mcp, { mcp_server_url: stage.mcp.url });
      await approveAt(popup, 'ada');
      const { value, error } = await outcome(page);
      if (error) fail(`${JSON.stringify(error)}; ${stage.oidc.problems}`);
      const asked = new URL(stage.oidc.authorizations.at(-1)).searchParams;
      equal(asked.get('resource'), stage.mcp.url, 'resource');
      equal(asked.get('scope'), 'tools offline_access', 'scope');
      equal(asked.get('prompt'), 'consent', 'prompt');
      const connection = await connectionOf(stage, KEYS.mcp, value.connectionId);
      const client = JSON.parse(connection.connection_config.oauth_client_info);
      equal(client, { client_id: asked.get('client_id'), token_endpoint_auth_method: 'none' }, 'client');
      const target = { 'provider-config-key': KEYS.mcp, 'connection-id': value.connectionId };
      const who = async () => (await stage.api.get('/proxy/who', target)).json();
      equal(await who(), { as: 'ada', scope: 'tools' }, 'answer');
      const path = `/connections/${value.connectionId}?provider_config_key=${KEYS.mcp}`;
      const { credentials } = (await stage.api.get(`${path}&force_refresh=true`)).json();
      contains(credentials, { access_token: is.textOtherThan(connection.credentials.access_token) });
      equal(await who(), { as: 'ada', scope: 'tools' }, 'answer after a refresh');
      stage.oidc.revoked.length = 0;
      equal((await stage.api.delete(path)).status, 200, 'status of the deletion');
      equal(stage.oidc.revoked, ['ada'], 'whose tokens were taken back');
      equal(stage.oidc.problems, [], 'what the server refused');
    },
  },
  {
    name: 'a server that is no MCP server is told to the customer',
    async run({ page, stage }) {
      const popup = await connect(page, stage, KEYS.mcp, { mcp_server_url: `${stage.host}/mcp` });
      contains((await outcome(page)).error, { type: 'url_param_err', message: is.matching(/publishes no metadata/) });
      await popup.close();
    },
  },
  {
    name: 'client credentials are exchanged',
    async run({ page, stage }) {
      const token = await openSession(stage, { allowed_integrations: [KEYS.oidcMachine] });
      const { value, error } = await page.evaluate(
        ({ host, token, key, credentials }) =>
          new window.Nango({ host, connectSessionToken: token }).auth(key, { credentials }).then(
            (value) => ({ value }),
            (error) => ({ error: { type: error.type, message: error.message } }),
          ),
        { host: stage.url, token, key: KEYS.oidcMachine, credentials: OIDC_MACHINE },
      );
      if (error) fail(`${JSON.stringify(error)}; ${stage.oidc.problems}`);
      const connection = await connectionOf(stage, KEYS.oidcMachine, value.connectionId);
      contains(connection.credentials, { type: 'OAUTH2_CC', token: is.text, expires_at: is.isoZ });
    },
  },
  {
    name: 'an OAuth 1 account is connected and its calls are signed',
    async run({ page, stage }) {
      const popup = await connect(page, stage, KEYS.oauth1);
      await popup.click('#approve');
      const { value, error } = await outcome(page);
      if (error) fail(JSON.stringify(error));
      const connection = await connectionOf(stage, KEYS.oauth1, value.connectionId);
      contains(connection.credentials, { type: 'OAUTH1', oauth_token: is.text, raw: { user_id: '7' } });
      const target = { 'provider-config-key': KEYS.oauth1, 'connection-id': value.connectionId };
      const reply = await stage.api.get('/proxy/who?a=1&b=x%20y%26z', target);
      equal(reply.json(), { as: connection.credentials.oauth_token, path: '/who' }, 'answer');
    },
  },
];
