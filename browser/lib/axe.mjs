// Rules of accessibility, checked by axe-core in the page.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fail } from '../../compat/lib/expect.mjs';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function checkAccessibility(page, where) {
  // Evaluated by the debugger, which the page's policy does not bind.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  if (violations.length === 0) return;
  const shown = violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join('; ')})`);
  fail(`${where}: ${shown.join('\n')}`);
}
