import { contains, equal, is } from '../lib/expect.mjs';
import { deploy } from '../lib/functions.mjs';

/** Deploys functions of one integration, as a client other than a repository does. */
function deployAll(api, integration, names) {
  const flow = ([type, syncName]) => ({
    type,
    syncName,
    providerConfigKey: integration,
    models: ['Made'],
    runs: type === 'sync' ? 'every day' : null,
    metadata: { description: `Makes ${syncName}` },
    fileBody: { js: 'module.exports = {};', ts: `// ${syncName}` },
    models_json_schema: { definitions: { Made: { type: 'object', properties: { id: { type: 'string' } } } } },
  });
  return deploy(api, { flowConfigs: names.map(flow), reconcile: true });
}

export default {
  resource: 'functions',
  scenarios: [
    {
      name: 'functions are listed, read and deleted',
      covers: ['listFunctions', 'getFunction', 'getFunctionCode', 'deleteFunction'],
      since: '0.71.0',
      async run({ nango, api, seed }) {
        const uniqueKey = seed.keys.oauth1;
        await deployAll(api, uniqueKey, [
          ['action', 'made'],
          ['action', 'other'],
          ['sync', 'made'],
        ]);
        const page = await nango.listFunctions({ uniqueKey }, { type: 'action', search: 'ad', page: 0, limit: 5 });
        contains(page, { data: [{ id: is.int, name: 'made', type: 'action' }] });
        equal(page.pagination, { total: 1, page: 0, limit: 5 }, 'pagination');
        const { data } = await nango.getFunction({ uniqueKey, name: 'made' }, { type: 'sync' });
        contains(data, { name: 'made', type: 'sync', runs: 'every day', enabled: true, source: 'standalone' });
        const code = await nango.getFunctionCode({ uniqueKey, name: 'other' });
        equal(code, { type: 'action', code: '// other' });
        const failure = await nango.getFunction({ uniqueKey, name: 'made' }).catch((error) => error);
        equal([failure.response?.status, failure.response?.data.error.code], [409, 'ambiguous_function']);
        for (const [type, name] of [
          ['action', 'made'],
          ['sync', 'made'],
          ['action', 'other'],
        ]) {
          equal(await nango.deleteFunction({ uniqueKey, name }, { type }), { data: { success: true } });
        }
        equal((await nango.listFunctions({ uniqueKey })).pagination.total, 0, 'left');
      },
    },
    {
      name: 'what is deployed is in the scripts configuration',
      covers: ['getScriptsConfig/a'],
      since: '0.39.0',
      async run({ nango, api, seed, name }) {
        const [sync, action] = [name('sync'), name('action')];
        await deployAll(api, seed.keys.basic, [
          ['sync', sync],
          ['action', action],
        ]);
        const config = await nango.getScriptsConfig();
        const group = config.find(({ provider }) => provider === 'sim-basic');
        contains(
          group.syncs.find((one) => one.name === sync),
          { type: 'sync', runs: 'every day', models: [{ name: 'Made', fields: [{ name: 'id', type: 'string' }] }] },
        );
        contains(
          group.actions.find((one) => one.name === action),
          { type: 'action', description: `Makes ${action}`, returns: ['Made'], version: '1' },
        );
      },
    },
    {
      name: 'actions are tools of a language model in the other format',
      covers: ['getScriptsConfig/b'],
      since: '0.58.0',
      async run({ nango, api, seed, name }) {
        await deployAll(api, seed.keys.cc, [['action', name('tool')]]);
        const { data } = await nango.getScriptsConfig('openai');
        contains(
          data.find((tool) => tool.name === name('tool')),
          { description: `Makes ${name('tool')}`, parameters: { type: 'object', properties: {} } },
        );
      },
    },
  ],
};
