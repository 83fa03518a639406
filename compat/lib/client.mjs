// The official client under test, watched: each method called from outside is remembered, so that the
// matrix counts what really ran. Calls the client makes to itself do not count.

import { readFile } from 'node:fs/promises';
import { packageOf } from '../versions.mjs';

/** Loads one pinned release. */
export async function loadClient(version) {
  const name = packageOf(version);
  const module = await import(name);
  const typings = new URL(`../node_modules/${name}/dist/index.d.ts`, import.meta.url);
  const privateNames = [...(await readFile(typings, 'utf8')).matchAll(/^\s+private (\w+)/gm)].map((found) => found[1]);
  const publicMethods = Object.getOwnPropertyNames(module.Nango.prototype).filter(
    (method) => method !== 'constructor' && !privateNames.includes(method),
  );
  return { Nango: module.Nango, module, publicMethods };
}

/** Wraps a client so that `called` collects the names of the methods used. */
export function watch(client, called) {
  return new Proxy(client, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      called.add(name);
      return value.bind(target);
    },
  });
}
