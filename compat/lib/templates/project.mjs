// What the chosen actions need: a project that the command-line client deploys, providers that stand for the real ones
// at the replaying upstream, and one connection per action.

import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createConnection, createIntegration } from '../seed.mjs';

/** Writes the project of some actions into a folder. */
export async function writeProject({ templates, chosen, release }, folder) {
  for (const file of new Set(chosen.flatMap((action) => action.files))) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await copyFile(join(templates, 'integrations', file), join(folder, file));
  }
  const imports = chosen.map(({ file }) => `import './${file.replace(/\.ts$/, '.js')}';\n`);
  await writeFile(join(folder, 'index.ts'), imports.join(''));
  const manifest = {
    name: 'templates',
    version: '0.0.0',
    private: true,
    type: 'module',
    devDependencies: { nango: release, zod: '4.3.6' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
}

/**
 * Definitions to lay over the catalogue, in its flat layout: those of the integrations, at the replaying upstream.
 * Recordings hold neither credentials nor what a provider's definition adds to a call, so they have none of these.
 */
export function overlay({ folders, definitions, upstream }) {
  const definitionOf = (folder) => {
    const { display_name, docs, proxy = {} } = definitions.get(folder);
    const { paginate, retry } = proxy;
    return { display_name, docs, auth_mode: 'NONE', proxy: { base_url: upstream.baseUrl(folder), paginate, retry } };
  };
  return Object.fromEntries(folders.map((folder) => [folder, definitionOf(folder)]));
}

/** Creates the integrations, and one connection per action, named after it, as its recording describes it. */
export async function plantConnections(api, chosen) {
  for (const folder of foldersOf(chosen)) await createIntegration(api, { provider: folder, unique_key: folder });
  for (const { folder, name, fixture } of chosen) {
    const { getConnection: recorded, getMetadata } = fixture.nango ?? {};
    await createConnection(api, {
      provider_config_key: folder,
      connection_id: name,
      credentials: { type: 'NONE' },
      connection_config: recorded?.connection_config ?? {},
      metadata: getMetadata ?? recorded?.metadata ?? {},
    });
  }
}

/** The integrations of some actions. */
export const foldersOf = (chosen) => [...new Set(chosen.map(({ folder }) => folder))];
