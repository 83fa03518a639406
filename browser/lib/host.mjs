// The customer's page: another origin than the server's, with one release of the official frontend bundled in.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { packageOf } from '../versions.mjs';

const PAGE = (version) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Customer</title>
<link rel="icon" href="data:,">
<h1>Customer</h1>
<button id="go">Connect</button>
<script src="/${version}.js"></script>
</html>
`;

/** Serves one page per release under `/<release>`. */
export async function startHost(versions) {
  const scripts = new Map();
  for (const version of versions) scripts.set(`/${version}.js`, await bundle(version));
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://host').pathname;
    const script = scripts.get(path);
    const known = versions.find((version) => path === `/${version}`);
    if (script) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (known) response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE(known));
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://localhost:${server.address().port}`, stop: () => server.close() };
}

/** The release as it was published, with its class as `window.Nango`. */
async function bundle(version) {
  const contents = `import Nango from '${packageOf(version)}'; window.Nango = Nango;`;
  const resolveDir = fileURLToPath(new URL('..', import.meta.url));
  const result = await build({ stdin: { contents, resolveDir }, bundle: true, write: false, format: 'iife' });
  return result.outputFiles[0].text;
}
