import { contains, equal } from '../lib/expect.mjs';
import { ENVIRONMENT_VARIABLES } from '../lib/bowline.mjs';

export default {
  resource: 'environment',
  scenarios: [
    {
      name: 'environment variables come as a bare array of names and values',
      covers: ['getEnvironmentVariables'],
      async run({ nango }) {
        const variables = await nango.getEnvironmentVariables();
        const expected = Object.entries(ENVIRONMENT_VARIABLES).map(([name, value]) => ({ name, value }));
        const byName = (a, b) => (a.name < b.name ? -1 : 1);
        equal([...variables].sort(byName), expected.sort(byName), 'variables');
      },
    },
    {
      name: 'an environment without variables gives an empty array',
      covers: ['getEnvironmentVariables'],
      async run({ clientOf, target }) {
        equal(await clientOf({ secretKey: target.prodSecretKey }).getEnvironmentVariables(), []);
      },
    },
    {
      name: 'the scripts configuration is an empty array while nothing is deployed',
      covers: ['getScriptsConfig/a'],
      since: '0.39.0',
      async run({ clientOf, target }) {
        equal(await clientOf({ secretKey: target.prodSecretKey }).getScriptsConfig(), []);
      },
    },
    {
      name: 'the scripts configuration in both formats',
      covers: ['getScriptsConfig/b'],
      since: '0.58.0',
      async run({ clientOf, target }) {
        const nango = clientOf({ secretKey: target.prodSecretKey });
        equal(await nango.getScriptsConfig('nango'), []);
        equal(await nango.getScriptsConfig('openai'), { data: [] });
      },
    },
    {
      name: 'environments do not see each other',
      covers: ['getConnection', 'listConnections', 'listIntegrations'],
      async run({ clientOf, target, seed }) {
        const prod = clientOf({ secretKey: target.prodSecretKey });
        contains(await prod.listConnections(), { connections: [] });
        contains(await prod.listIntegrations(), { configs: [] });
        const failure = await prod.getConnection(seed.keys.none, seed.connections.none).catch((error) => error);
        equal([400, 404].includes(failure.response?.status), true, 'a read across environments is refused');
      },
    },
  ],
};
