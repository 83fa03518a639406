// The official command-line client deploys, unmodified: a project of TypeScript alone with the newest release, one with
// `nango.yaml` with 0.48.4. What was deployed is read back through several releases of the Node client.

import { withProject } from '../lib/cli.mjs';
import { loadClient } from '../lib/client.mjs';
import { contains, equal, fail, is } from '../lib/expect.mjs';
import { json } from '../lib/replies.mjs';
import { createIntegration } from '../lib/seed.mjs';

const READERS = ['0.39.33', '0.42.4', '0.60.5', '0.71.10'];

/** As it stands in the project's `nango.yaml`. */
const ACTIONS = `    actions:
      mk:
        description: Makes an issue
        input: NewIssue
        output: Issue
        endpoint: POST /compat/issues
`;

export default {
  resource: 'command-line client',
  scenarios: [
    {
      name: '0.71.10 deploys, deploys again and removes',
      async run({ api, target }) {
        const key = 'cli-zero';
        await createIntegration(api, { provider: 'sim-none', unique_key: key });
        await withProject({ name: 'zero', release: '0.71.10', target }, async (project) => {
          says(await project.nango('deploy', 'dev', '--auto-confirm'), ['issues@v1', 'mk@v1', 'setup@v0.0.1']);
          equal(await deployed(api, key), ['action mk@1', 'on-event setup@0.0.1', 'sync issues@1'], 'first');
          const code = json(await api.get(`/integrations/${key}/functions/mk/code`), 200);
          equal(code, { type: 'action', code: await project.read(`${key}/actions/mk.ts`) }, 'code');
          await readBack(target, key, { syncs: 1, actions: 1, sdk: '0.71.10-zero' });

          await project.edit(`${key}/actions/mk.ts`, 'input.title', 'input.title.trim()');
          says(await project.nango('deploy', 'dev', '--auto-confirm'), ['issues@v1', 'mk@v2', 'setup@v0.0.1']);
          const versions = json(await api.get(`/integrations/${key}/functions/mk/versions`), 200).data;
          equal(
            versions.map(({ version, active }) => [version, active]),
            [
              ['2', true],
              ['1', false],
            ],
            'versions',
          );

          await project.edit('index.ts', `import './${key}/syncs/issues.js';\n`, '');
          await project.edit('index.ts', `import './${key}/on-events/setup.js';\n`, '');
          says(await project.nango('deploy', 'dev', '--auto-confirm', '--allow-destructive'), ['mk@v2']);
          equal(await deployed(api, key), ['action mk@2'], 'what is left');
          await readBack(target, key, { syncs: 0, actions: 1, sdk: '0.71.10-zero' });
        });
        json(await api.delete(`/integrations/${key}`), 200);
      },
    },
    {
      name: '0.48.4 deploys a project with nango.yaml, and removes what is not in it any more',
      async run({ api, target }) {
        const key = 'cli-yaml';
        await createIntegration(api, { provider: 'sim-none', unique_key: key });
        await withProject({ name: 'yaml', release: '0.48.4', target }, async (project) => {
          says(await project.nango('deploy', 'dev', '--auto-confirm'), ['issues@v1', 'mk@v1', 'setup@v0.0.1']);
          await readBack(target, key, { syncs: 1, actions: 1, sdk: null });
          const sync = json(await api.get(`/integrations/${key}/functions/issues`), 200).data;
          contains(sync, { runs: 'every hour', auto_start: true, returns: ['Issue'], description: 'Fetches issues' });
          equal(Object.keys(sync.json_schema.definitions), ['Issue'], 'only its own models');

          await project.edit(`${key}/syncs/issues.ts`, "'first'", "'another'");
          await project.edit('nango.yaml', ACTIONS, '');
          says(await project.nango('deploy', 'dev', '--auto-confirm', '--allow-destructive'), ['issues@v2']);
          equal(await deployed(api, key), ['on-event setup@0.0.1', 'sync issues@2'], 'what is left');
        });
        json(await api.delete(`/integrations/${key}`), 200);
      },
    },
  ],
};

function says(output, texts) {
  for (const text of texts) {
    if (!output.includes(text)) fail(`the client did not print ${text}:\n${output}`);
  }
}

async function deployed(api, key) {
  const { data } = json(await api.get(`/integrations/${key}/functions`), 200);
  return data.map(({ type, name, version }) => `${type} ${name}@${version}`);
}

/** What each of several releases of the Node client reads. */
async function readBack(target, key, { syncs, actions, sdk }) {
  for (const version of READERS) {
    const { Nango } = await loadClient(version);
    const config = await new Nango({ host: target.url, secretKey: target.secretKey }).getScriptsConfig();
    const group = config.find((one) => one.providerConfigKey === key);
    if (!group) fail(`${version} finds no group ${key} in ${JSON.stringify(config)}`);
    equal([group.syncs.length, group.actions.length], [syncs, actions], `${version}: syncs and actions`);
    for (const item of [...group.syncs, ...group.actions]) {
      contains(item, { id: is.int, name: is.text, version: is.text, last_deployed: is.isoZ, sdk_version: sdk });
      contains(item, { is_public: false, pre_built: false, nango_yaml_version: 'v2', models: is.array });
    }
  }
}
