// The official command-line client, unmodified, on a copy of one of the projects below `cli/`.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fail } from './expect.mjs';
import { cleanEnvironment } from './process.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 300_000;
const PRINTED_MAX = 16 * 1024 * 1024;

/** Copies the project `cli/<name>` and gives `run` a hand on it; the copy is removed afterwards. */
export const withProject = ({ name, ...more }, run) =>
  withProjectMade({ ...more, make: (folder) => cp(join(HERE, 'cli', name), folder, { recursive: true }) }, run);

/** The same for a project that `make(folder)` writes. `limitMs` is how long one command may take. */
export async function withProjectMade({ make, release, target, limitMs = LIMIT_MS }, run) {
  const home = await mkdtemp(join(tmpdir(), 'bowline-cli-'));
  // The older release works in a folder of this name only.
  const folder = join(home, 'nango-integrations');
  try {
    await make(folder);
    await mkdir(join(folder, '.nango'));
    await linkPackages(folder, release);
    await run(projectOf({ folder, home, release, target, limitMs }));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** What the project's own `npm install` would bring: the CLI, whose types it imports, and the CLI's zod. */
async function linkPackages(folder, release) {
  const cli = join(HERE, 'node_modules', `cli-${release}`);
  const zod = createRequire(join(cli, 'package.json')).resolve('zod/package.json');
  await mkdir(join(folder, 'node_modules'));
  await symlink(cli, join(folder, 'node_modules', 'nango'), 'dir');
  await symlink(dirname(zod), join(folder, 'node_modules', 'zod'), 'dir');
}

function projectOf({ folder, home, release, target, limitMs }) {
  const entry = join(HERE, 'node_modules', `cli-${release}`, 'dist', 'index.js');
  const env = cleanEnvironment({
    CI: '1',
    HOME: home,
    XDG_CONFIG_HOME: home,
    NANGO_HOSTPORT: target.url,
    NANGO_SECRET_KEY_DEV: target.secretKey,
    NANGO_CLI_UPGRADE_MODE: 'ignore',
    NANGO_CLI_TELEMETRY: 'false',
    NANGO_CLI_DEPENDENCY_UPDATE: 'false',
  });
  return {
    /** Runs a command and gives what it printed; any other exit code than 0 is a failure. */
    async nango(...args) {
      const settings = { cwd: folder, env, timeout: limitMs, maxBuffer: PRINTED_MAX };
      const running = promisify(execFile)(process.execPath, [entry, ...args], settings);
      running.child.stdin.end();
      const { stdout, stderr } = await running.catch((error) =>
        fail(`nango ${args.join(' ')} ended with ${error.code}\n${error.stdout}\n${error.stderr}`),
      );
      return `${stdout}\n${stderr}`;
    },

    /** The text of one of the project's files. */
    read: (file) => readFile(join(folder, file), 'utf8'),

    /** Replaces a text, which must be there, in one of the project's files. */
    async edit(file, from, to) {
      const before = await readFile(join(folder, file), 'utf8');
      if (!before.includes(from)) fail(`${file} does not contain ${from}`);
      await writeFile(join(folder, file), before.replace(from, to));
    },
  };
}
