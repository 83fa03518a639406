'use strict';
// The connection, its metadata, its integration and the environment's variables.

const { ask, asResponse } = require('internal/platform');

const CONNECTION_MEMO_MS = 60_000;
const INTEGRATION_MEMO_MS = 600_000;

// Keeps the answers of `read` per key for a while. What is kept is the promise, so callers at the same time share one
// call; a failure is not kept.
function createMemo(keepMs) {
  const kept = new Map();
  return {
    read(key, read) {
      const known = kept.get(key);
      if (known !== undefined && Date.now() - known.at < keepMs) return known.answer;
      const answer = read();
      kept.set(key, { answer, at: Date.now() });
      answer.catch(() => kept.delete(key));
      return answer;
    },
    clear: () => kept.clear(),
  };
}

exports.create = function create(job, target) {
  const connections = createMemo(CONNECTION_MEMO_MS);
  const integrations = createMemo(INTEGRATION_MEMO_MS);
  const { context } = job;
  const isRecorded = job.harness === true;

  async function getConnection(providerConfigKey, connectionId, options) {
    const args = {
      providerConfigKey: providerConfigKey || context.providerConfigKey,
      connectionId: connectionId || context.connectionId,
    };
    if (options !== undefined && options !== null) return ask('connection.get', { ...args, ...options });
    return connections.read(JSON.stringify(args), () => ask('connection.get', args));
  }

  async function getMetadata() {
    // Recordings keep the two apart.
    if (isRecorded) return ask('metadata.get');
    return (await target.getConnection()).metadata;
  }

  async function changeMetadata(operation, metadata) {
    const answer = await ask(operation, { metadata });
    connections.clear();
    return isRecorded ? answer : asResponse(answer);
  }

  const setMetadata = (metadata) => changeMetadata('metadata.set', metadata);
  const updateMetadata = (metadata) => changeMetadata('metadata.update', metadata);

  async function getIntegration(options) {
    const include = options?.include ?? [];
    return integrations.read(JSON.stringify(include), () => ask('integration.get', { include }));
  }

  async function getWebhookURL() {
    return (await getIntegration({ include: ['webhook'] }))?.webhook_url ?? null;
  }

  return {
    getConnection,
    getMetadata,
    setMetadata,
    updateMetadata,
    getIntegration,
    getWebhookURL,
    getToken: () => ask('token.get'),
    getEnvironmentVariables: () => ask('environment.variables'),
    // Deprecated names of the metadata's `fieldMapping`.
    getFieldMapping: async () => (await getMetadata())?.fieldMapping ?? {},
    setFieldMapping: (fieldMapping) => updateMetadata({ fieldMapping }),
  };
};
