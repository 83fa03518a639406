// Actions: what they get, what they answer, how they fail. Each version deploys its own functions.

import { contains, equal, is, rejects } from '../lib/expect.mjs';
import { deployActions, eventually } from '../lib/functions.mjs';
import { probeOf } from '../lib/proxying.mjs';

const SOURCES = {
  echo: 'return { input, connection: nango.connectionId, provider: nango.provider };',
  falsy: 'return { zero: 0, no: false, empty: "", nothing: null }[input.kind];',
  text: 'return "plain";',
  fetch: 'const { data, status } = await nango.get({ endpoint: input.endpoint, params: { page: 2 } }); return { data, status };',
  refuse: 'throw new nango.ActionError({ message: "no such user", id: input.id });',
  crash: 'return undefined.name;',
  upstream: 'await nango.get({ endpoint: "/status/418", retries: 0 });',
  metadata: 'await nango.updateMetadata({ seen: input.mark }); return (await nango.getMetadata()).seen;',
  checked: `const { z } = require('zod');
    await nango.zodValidateInput({ zodSchema: z.object({ name: z.string() }), input });
    return 'ok';`,
};

/** The functions of one version, deployed once. */
const deployed = new Map();
async function actionsOf(t) {
  const key = t.seed.keys.none;
  if (!deployed.has(key)) deployed.set(key, deployActions(t.api, key, SOURCES));
  await deployed.get(key);
  return (name, input) => t.nango.triggerAction(key, t.seed.connections.none, name, input);
}

const action = (name, run, extra = {}) => ({
  name,
  covers: ['triggerAction'],
  ...extra,
  run: async (t) => run(await actionsOf(t), t),
});

const asynchronous = (name, run) => ({
  name,
  covers: ['triggerActionAsync', 'getAsyncActionResult'],
  since: '0.60.0',
  async run(t) {
    await actionsOf(t);
    const trigger = (action, input) =>
      t.nango.triggerActionAsync(t.seed.keys.none, t.seed.connections.none, action, input);
    await run(trigger, t);
  },
});

export default {
  resource: 'actions',
  scenarios: [
    action('an action gets its input and answers with what it returns', async (trigger, t) => {
      equal(await trigger('echo', { deep: { list: [1, 'ä'] } }), {
        input: { deep: { list: [1, 'ä'] } },
        connection: t.seed.connections.none,
        provider: 'sim-none',
      });
    }),
    action('no input arrives as an empty object', async (trigger) => {
      contains(await trigger('echo'), { input: {} });
    }),
    action('a text is answered as a text', async (trigger) => {
      equal(await trigger('text'), 'plain');
    }),
    action('what JavaScript takes for false is answered as null', async (trigger) => {
      for (const kind of ['zero', 'no', 'empty', 'nothing', 'undefined']) equal(await trigger('falsy', { kind }), null);
    }),
    action('an action calls the provider with the connection', async (trigger, t) => {
      const probe = probeOf(t, 'from-action');
      contains(await trigger('fetch', { endpoint: probe.endpoint }), { status: 200 });
      contains(await probe.arrived(), { method: 'GET', query: 'page=2' });
    }),
    action('an ActionError is answered with its payload', async (trigger) => {
      await rejects(trigger('refuse', { id: 7 }), 500, {
        error: { code: 'action_script_runtime_error', payload: { message: 'no such user', id: 7 } },
      });
    }),
    action('another error is answered with its name, message and place', async (trigger) => {
      const response = await rejects(trigger('crash'), 500, {
        error: { code: 'script_internal_error', payload: { name: 'TypeError' } },
      });
      contains(response.data.error.payload.stacktrace[0], is.matching(/at exec \(crash-.*\.cjs:3:/));
    }),
    action('an error of the provider is answered with 424 and what it said', async (trigger) => {
      await rejects(trigger('upstream'), 424, {
        error: { code: 'script_http_error', upstream: { status: 418 }, message: is.absent },
      });
    }),
    action('metadata that an action writes is read back', async (trigger, t) => {
      equal(await trigger('metadata', { mark: t.version }), t.version);
    }),
    action('an input that a schema refuses is named', async (trigger) => {
      await rejects(trigger('checked', { name: 1 }), 500, {
        error: { code: 'action_script_runtime_error', payload: { message: 'Invalid input provided' } },
      });
      equal(await trigger('checked', { name: 'ada' }), 'ok');
    }),
    action('an unknown action and an unknown connection are told apart', async (trigger, t) => {
      await rejects(trigger('nope'), 404, { error: { code: 'not_found' } });
      await rejects(t.nango.triggerAction(t.seed.keys.none, 'nobody', 'echo'), 400, {
        error: { code: 'unknown_connection' },
      });
    }),
    asynchronous('an asynchronous action gives its result later', async (trigger, t) => {
      const accepted = await trigger('echo', { later: true });
      contains(accepted, { id: is.text, statusUrl: `/action/${accepted.id}` });
      const result = await eventually(() => t.nango.getAsyncActionResult(accepted).catch(() => undefined));
      contains(result, { input: { later: true } });
      contains(await t.nango.getAsyncActionResult({ id: accepted.id }), { input: { later: true } });
    }),
    asynchronous('an asynchronous action that fails gives its error', async (trigger, t) => {
      const accepted = await trigger('refuse', { id: 8 });
      const failure = await eventually(async () => {
        const error = await t.nango.getAsyncActionResult(accepted).catch((error) => error);
        return error.response?.status === 404 ? undefined : error;
      });
      contains(failure.response.data.error, { code: 'action_script_runtime_error', payload: { id: 8 } });
    }),
  ],
};
