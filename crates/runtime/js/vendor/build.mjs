// Makes ../modules/vendor/zod.js from the published package: one CommonJS file with the English messages alone
// (the other locales are two fifths of its size, and each run would pay for reading them).
// Run by hand after changing the version in package.json: `npm ci --ignore-scripts && npm run build`.
import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = createRequire(import.meta.url)('zod/package.json');

const englishOnly = {
  name: 'english-only',
  setup(bundle) {
    bundle.onLoad({ filter: /zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

await build({
  stdin: { contents: 'export * from "zod"; export { default } from "zod";', resolveDir: here('.') },
  outfile: here('../modules/vendor/zod.js'),
  bundle: true,
  format: 'cjs',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [englishOnly],
  // Not minified: lines and names appear in the stacks of functions that fail inside it.
  banner: { js: `// zod ${version}, MIT licence: see zod.LICENSE. Made by js/vendor/build.mjs; do not edit.` },
});
await copyFile(here('node_modules/zod/LICENSE'), here('../modules/vendor/zod.LICENSE'));
