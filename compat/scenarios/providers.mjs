import { contains, equal, is, rejects } from '../lib/expect.mjs';

export default {
  resource: 'providers',
  scenarios: [
    {
      name: 'the catalogue lists the providers laid over it',
      covers: ['listProviders'],
      since: '0.42.12',
      async run({ nango }) {
        const { data } = await nango.listProviders({});
        const names = data.map((provider) => provider.name);
        for (const name of ['sim-oauth2', 'sim-api-key', 'sim-basic', 'sim-none'])
          equal(names.includes(name), true, name);
      },
    },
    {
      name: 'search matches anywhere in the name, in any case',
      covers: ['listProviders'],
      since: '0.42.12',
      async run({ nango }) {
        const { data } = await nango.listProviders({ search: 'IM-API-key' });
        const names = data.map((provider) => provider.name).sort();
        equal(names, ['sim-api-key', 'sim-api-key-query', 'sim-api-key-refused', 'sim-api-key-verified'], 'names');
        equal(await nango.listProviders({ search: 'no-such-provider-anywhere' }), { data: [] }, 'nothing found');
      },
    },
    {
      name: 'one provider comes with its catalogue entry, name and logo',
      covers: ['getProvider'],
      since: '0.42.12',
      async run({ nango, target }) {
        contains(await nango.getProvider({ provider: 'sim-api-key' }), {
          data: {
            name: 'sim-api-key',
            display_name: 'Simulated API key',
            auth_mode: 'API_KEY',
            categories: ['crm', 'dev-tools'],
            docs: 'https://example.com/docs/sim-api-key',
            logo_url: is.matching(/\/images\/template-logos\/sim-api-key\.svg$/),
            proxy: { base_url: `${target.simulator}/api`, headers: { 'x-api-key': '${apiKey}' } },
          },
        });
      },
    },
    {
      name: 'an alias carries what its target says',
      covers: ['getProvider'],
      since: '0.42.12',
      async run({ nango }) {
        contains(await nango.getProvider({ provider: 'sim-alias' }), {
          data: {
            name: 'sim-alias',
            display_name: 'Simulated alias',
            auth_mode: 'API_KEY',
            proxy: { headers: { 'x-api-key': '${apiKey}' } },
          },
        });
      },
    },
    {
      name: 'an unknown provider is not found',
      covers: ['getProvider'],
      since: '0.42.12',
      async run({ nango }) {
        await rejects(nango.getProvider({ provider: 'no-such-provider' }), 404, { error: { code: 'not_found' } });
      },
    },
  ],
};
