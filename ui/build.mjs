// Builds the pages into dist/, which is committed: names and line breaks are kept, so that its diffs can be read.
//
//   node build.mjs            once
//   node build.mjs --watch    on every change
//   node build.mjs --test     bundles and runs the tests instead

import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, context } from 'esbuild';

const PAGE = {
  entryPoints: ['src/connect/main.tsx', 'src/connect/connect.css'],
  entryNames: '[name]',
  outdir: 'dist/connect',
  bundle: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minifySyntax: true,
  charset: 'utf8',
  legalComments: 'none',
};

if (process.argv.includes('--test')) await test();
else if (process.argv.includes('--watch')) await watch();
else await once();

async function once() {
  await rm(PAGE.outdir, { recursive: true, force: true });
  await build(PAGE);
  await copyPage();
}

async function watch() {
  const pages = await context(PAGE);
  await copyPage();
  await pages.watch();
}

async function copyPage() {
  await mkdir(PAGE.outdir, { recursive: true });
  await copyFile('src/connect/index.html', join(PAGE.outdir, 'index.html'));
}

async function test() {
  const outdir = join(tmpdir(), `bowline-ui-tests-${process.pid}`);
  const names = (await readdir('test')).filter((name) => name.endsWith('.test.ts'));
  const entryPoints = names.map((name) => join('test', name));
  try {
    await build({ entryPoints, outdir, bundle: true, format: 'esm', platform: 'node', outExtension: { '.js': '.mjs' } });
    const built = names.map((name) => join(outdir, name.replace(/\.ts$/, '.mjs')));
    const run = spawnSync(process.execPath, ['--test', ...built], { stdio: 'inherit' });
    process.exitCode = run.status ?? 1;
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
