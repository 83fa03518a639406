// Chooses the actions of a templates repository whose recordings can be replayed over HTTP and mean one thing only.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const PER_INTEGRATION = 5;
/** Of the test beside a recording: what sets up more than the recording says. */
const SPECIAL_TEST = new RegExp(
  [
    String.raw`\bvi\.(?:fn|mock|spyOn|useFakeTimers|setSystemTime)\b`,
    String.raw`nangoMock(?: as any\))?\.\w+(?: = |\.mock)|Object\.assign|\.rejects|toThrow`,
  ].join('|'),
);
/** Of a function: what leaves for another host, or what a recording in JSON cannot hold. */
const UNREPLAYABLE = [
  [/base-?url-?override/i, 'overrides the base URL'],
  [/endpoint:\s*[`'"]https?:/, 'has an absolute endpoint'],
  [/uncontrolledFetch|getToken|\bfetch\(/, 'calls without the recorded methods'],
  [/responseType/, 'asks for bytes'],
  [/\bcredentials\b/, 'reads credentials, which recordings do not hold'],
  [/(?:from |import\()['"](?!\.|(?:nango|zod|crypto|url)['"])/, 'imports packages that a new project does not have'],
  [/\bgetInput\b/, 'looks whether it runs in its test'],
  [/link_(?:rel|path)_in_response/, 'follows links to the real host'],
];

/**
 * Gives `{ chosen, left }`: up to `actions` actions, taken from the integrations in turn, and how many were left out
 * for which reason. `definitions` are the providers by name; `only` tests `<integration>/<action>`.
 */
export function chooseActions({ templates, definitions, actions, only }) {
  const root = join(templates, 'integrations');
  const folders = readdirSync(root).filter((name) => isFolder(join(root, name, 'actions')) && definitions.has(name));
  const left = {};
  const queues = folders.map((folder) =>
    candidates({ root, folder, only, definition: definitions.get(folder), left }).slice(0, PER_INTEGRATION),
  );
  const chosen = [];
  for (let round = 0; round < PER_INTEGRATION; round++) {
    for (const queue of queues) {
      if (queue[round] && chosen.length < actions) chosen.push(queue[round]);
    }
  }
  return { chosen, left };
}

/** Not through links: an alias's folder is that of another integration. */
function isFolder(path) {
  return existsSync(path) && lstatSync(path).isDirectory() && !lstatSync(dirname(path)).isSymbolicLink();
}

function candidates({ root, folder, only, definition, left }) {
  const found = [];
  for (const file of readdirSync(join(root, folder, 'actions')).sort()) {
    const name = file.replace(/\.ts$/, '');
    if (name === file || (only && !only.test(`${folder}/${name}`))) continue;
    const action = { folder, name, file: `${folder}/actions/${file}` };
    const why = fill(action, root, definition);
    if (why) left[why] = (left[why] ?? 0) + 1;
    else found.push(action);
  }
  return found;
}

/** Reads what belongs to an action, and gives why it cannot be replayed, or null. */
function fill(action, root, definition) {
  const tests = join(root, action.folder, 'tests');
  const test = join(tests, `${action.folder}-${action.name}.test.ts`);
  const recording = join(tests, `${action.name}.test.json`);
  if (!existsSync(test) || !existsSync(recording)) return 'has no recording';
  if (existsSync(test.replace(/\.ts$/, '.json'))) return 'has two recordings';
  const text = readFileSync(test, 'utf8');
  if (SPECIAL_TEST.test(text) || text.split('.exec(').length !== 2) return 'has a test of its own kind';

  action.files = withImports(root, action.file);
  const code = action.files.map((file) => withoutComments(readFileSync(join(root, file), 'utf8'))).join('\n');
  action.spellings = spellingsIn(code);
  const reason = UNREPLAYABLE.find(([pattern]) => pattern.test(code));
  if (reason) return reason[1];
  if (/\.paginate\(/.test(code) && definition.proxy?.paginate?.type === 'link') return 'follows links to the real host';

  action.fixture = JSON.parse(readFileSync(recording, 'utf8'));
  const hasSettings = action.fixture.nango?.getConnection?.connection_config;
  if (/connection_?config/i.test(code) && !hasSettings) return 'reads settings that its recording does not hold';
  return unfit(action.fixture);
}

const withoutComments = (code) => code.replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*/g, '$1');

/** Lower case → as written, for texts that can be the name of a header: HTTP does not keep how names are spelled. */
function spellingsIn(code) {
  const names = [...code.matchAll(/\b([A-Za-z][\w-]*)(?=['"]|\s*:)/g)].map(([, name]) => name);
  return new Map(names.filter((name) => /[A-Z]/.test(name)).map((name) => [name.toLowerCase(), name]));
}

/** A file and the files of the repository that it imports, directly or not. */
function withImports(root, first) {
  const files = [first];
  for (const file of files) {
    const code = readFileSync(join(root, file), 'utf8');
    for (const [, path] of code.matchAll(/from ['"](\.[^'"]*)['"]/g)) {
      const base = normalize(join(dirname(file), path.replace(/\.js$/, '')));
      const imported = [`${base}.ts`, `${base}/index.ts`].find((name) => existsSync(join(root, name)));
      if (imported && !files.includes(imported)) files.push(imported);
    }
  }
  return files;
}

/** Why a recording does not mean one thing on the wire, or null. */
function unfit(fixture) {
  const entries = Object.values(fixture.api ?? {}).flatMap((endpoints) => Object.values(endpoints).flat());
  if (fixture.output === undefined || entries.length === 0) return 'records no output or no calls';
  if (entries.some(({ status = 200 }) => status < 200 || status > 299)) return 'records a failed call';
  if (entries.some((entry) => !survives(entry))) return 'records a body that HTTP cannot carry as it is';
  return null;
}

/** Whether a recorded body arrives as the same value. */
function survives({ response, status }) {
  if (status === 204) return response === undefined || response === '';
  return typeof response !== 'string' || !isJson(response);
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
