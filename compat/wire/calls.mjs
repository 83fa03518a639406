// The calls that are compared: every public method of the newest official client, plain and with its options,
// and the methods of the documented reference in the release of its time.

const NEWEST = '0.71.10';
const SEED = '0.39.33';
const K = 'github-dev';
const C = 'user-1';
const AT = { providerConfigKey: K, connectionId: C };
const ACTION = '0b7b4a4e-8c5b-4f0f-9d7e-1f8a1f6c2b11';
const METADATA = { a: 1, b: { c: [1] } };
const MOMENT = '2024-01-01T00:00:00.000Z';
const APP = { type: 'OAUTH2', client_id: 'id', client_secret: 'secret', scopes: 'repo,user' };
const OLD_APP = { oauth_client_id: 'id', oauth_client_secret: 'secret', oauth_scopes: 'repo' };
const VARIANT = { provider_config_key: K, connection_id: C, name: 'issues', variant: 'v1' };
const ISSUES_V1 = { name: 'issues', variant: 'v1' };

// id → the call; what stands behind `=>` is also how the table shows it.
const newest = {
  'list_providers': (n) => n.listProviders({}),
  'list_providers/search': (n) => n.listProviders({ search: 'git' }),
  'get_provider': (n) => n.getProvider({ provider: 'github' }),
  'get_provider_templates': (n) => n.getProviderTemplates({ provider: 'github' }),

  'list_integrations': (n) => n.listIntegrations(),
  'get_integration': (n) => n.getIntegration({ uniqueKey: K }),
  'get_integration/include': (n) => n.getIntegration({ uniqueKey: K }, { include: ['webhook'] }),
  'create_integration': (n) =>
    n.createIntegration({ provider: 'github', unique_key: K, display_name: 'GitHub', credentials: APP }),
  'create_quickstart_integration': (n) => n.createQuickstartIntegration({ provider: 'github', unique_key: K }),
  'update_integration': (n) => n.updateIntegration({ uniqueKey: K }, { display_name: 'New' }),
  'delete_integration': (n) => n.deleteIntegration(K),

  'list_functions': (n) => n.listFunctions({ uniqueKey: K }),
  'list_functions/options': (n) =>
    n.listFunctions({ uniqueKey: K }, { type: 'sync', search: 'iss', page: 1, limit: 5 }),
  'get_function': (n) => n.getFunction({ uniqueKey: K, name: 'issues' }),
  'get_function/type': (n) => n.getFunction({ uniqueKey: K, name: 'issues' }, { type: 'sync' }),
  'get_function_code': (n) => n.getFunctionCode({ uniqueKey: K, name: 'issues' }, { type: 'sync' }),
  'delete_function': (n) => n.deleteFunction({ uniqueKey: K, name: 'issues' }, { type: 'sync' }),

  'list_connections': (n) => n.listConnections({}),
  'list_connections/filters': (n) =>
    n.listConnections({
      connectionId: C, userId: 'u1', integrationId: [K, 'slack'], tags: { plan: 'pro' }, limit: 5, page: 2,
    }),
  'list_connections/search': (n) => n.listConnections(undefined, 'ada'),
  'list_connections/organization': (n) =>
    n.listConnections(undefined, undefined, { endUserId: 'u1', endUserOrganizationId: 'o1' }),
  'get_connection': (n) => n.getConnection(K, C),
  'get_connection/flags': (n) => n.getConnection(K, C, true, true, true),
  'get_token': (n) => n.getToken(K, C),
  'get_token/force': (n) => n.getToken(K, C, true),
  'get_raw_token_response': (n) => n.getRawTokenResponse(K, C),
  'get_metadata': (n) => n.getMetadata(K, C),
  'set_metadata': (n) => n.setMetadata(K, C, METADATA),
  'set_metadata/many': (n) => n.setMetadata(K, [C, 'user-2'], METADATA),
  'update_metadata': (n) => n.updateMetadata(K, C, METADATA),
  'update_metadata/many': (n) => n.updateMetadata(K, [C, 'user-2'], METADATA),
  'patch_connection': (n) =>
    n.patchConnection({ connectionId: C, provider_config_key: K }, { tags: { plan: 'pro' }, end_user: { id: 'u1' } }),
  'delete_connection': (n) => n.deleteConnection(K, C),
  'wait_for_connection': (n) => n.waitForConnection(K, 'u1'),

  'get_scripts_config': (n) => n.getScriptsConfig(),
  'get_function_tools': (n) => n.getScriptsConfig('openai'),
  'get_environment_variables': (n) => n.getEnvironmentVariables(),

  'list_records': (n) => n.listRecords({ ...AT, model: 'Issue' }),
  'list_records/options': (n) =>
    n.listRecords({
      ...AT, model: 'Issue', modifiedAfter: MOMENT, limit: 10, filter: 'added', cursor: 'abc=', ids: ['1', '2'],
      variant: 'v1',
    }),
  'prune_records': (n) => n.pruneRecords({ ...AT, model: 'Issue', untilCursor: 'abc' }),
  'prune_records/options': (n) =>
    n.pruneRecords({ ...AT, model: 'Issue', untilCursor: 'abc', variant: 'v1', limit: 10 }),

  'trigger_sync': (n) => n.triggerSync(K, ['issues'], C),
  'trigger_sync/options': (n) => n.triggerSync(K, ['issues'], C, { reset: true, emptyCache: true }),
  'trigger_sync/all_connections': (n) => n.triggerSync(K, ['issues']),
  'start_sync': (n) => n.startSync(K, ['issues'], C),
  'start_sync/variant': (n) => n.startSync(K, [ISSUES_V1], C),
  'pause_sync': (n) => n.pauseSync(K, ['issues'], C),
  'sync_status': (n) => n.syncStatus(K, ['issues', ISSUES_V1], C),
  'sync_status/all': (n) => n.syncStatus(K, '*'),
  'update_sync_connection_frequency': (n) => n.updateSyncConnectionFrequency(K, 'issues', C, 'every 5 minutes'),
  'update_sync_connection_frequency/reset': (n) => n.updateSyncConnectionFrequency(K, 'issues', C, null),
  'update_sync_connection_frequency/variant': (n) => n.updateSyncConnectionFrequency(K, ISSUES_V1, C, '1h'),
  'create_sync_variant': (n) => n.createSyncVariant(VARIANT),
  'delete_sync_variant': (n) => n.deleteSyncVariant(VARIANT),

  'trigger_action': (n) => n.triggerAction(K, C, 'create-issue', { title: 'x' }),
  'trigger_action/no_input': (n) => n.triggerAction(K, C, 'create-issue'),
  'trigger_action_async': (n) => n.triggerActionAsync(K, C, 'create-issue', { title: 'x' }),
  'get_async_action_result': (n) => n.getAsyncActionResult({ id: ACTION }),
  'get_async_action_result_at': (n) => n.getAsyncActionResult({ statusUrl: `/action/${ACTION}` }),

  'get': (n) => n.get({ ...AT, endpoint: '/repos?state=open' }),
  'get/options': (n) =>
    n.get({
      ...AT, endpoint: '/repos', params: { page: '2' }, headers: { 'X-Custom': '1' }, retries: 3, retryOn: [429, 500],
      baseUrlOverride: 'https://api.example.com', decompress: true, forwardHeadersOnRedirect: true,
    }),
  'post': (n) => n.post({ ...AT, endpoint: '/repos', data: { title: 'x' } }),
  'post/form': (n) =>
    n.post({
      ...AT, endpoint: '/repos', data: new URLSearchParams({ a: '1 2', b: 'ü' }),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    }),
  'post/text': (n) =>
    n.post({ ...AT, endpoint: '/repos', data: 'plain text', headers: { 'Content-Type': 'text/plain' } }),
  'put': (n) => n.put({ ...AT, endpoint: '/repos/1', data: { title: 'x' } }),
  'patch': (n) => n.patch({ ...AT, endpoint: '/repos/1', data: { title: 'x' } }),
  'delete': (n) => n.delete({ ...AT, endpoint: '/repos/1' }),
  'proxy/propfind': (n) => n.proxy({ ...AT, endpoint: '/files', method: 'PROPFIND' }),

  'create_connect_session': (n) =>
    n.createConnectSession({
      end_user: { id: 'u1', email: 'a@b.co', display_name: 'Ada' }, organization: { id: 'o1' },
      allowed_integrations: [K], tags: { plan: 'pro' },
    }),
  'create_reconnect_session': (n) =>
    n.createReconnectSession({ connection_id: C, integration_id: K, tags: { plan: 'pro' } }),
};

const seed = {
  'list_integrations': (n) => n.listIntegrations(),
  'get_integration': (n) => n.getIntegration(K),
  'get_integration/credentials': (n) => n.getIntegration(K, true),
  'create_integration': (n) => n.createIntegration('github', K, OLD_APP),
  'update_integration': (n) => n.updateIntegration('github', K, OLD_APP),
  'delete_integration': (n) => n.deleteIntegration(K),
  'list_connections': (n) => n.listConnections(),
  'list_connections/id': (n) => n.listConnections(C),
  'get_connection': (n) => n.getConnection(K, C),
  'get_connection/flags': (n) => n.getConnection(K, C, true, true),
  'get_token': (n) => n.getToken(K, C),
  'get_raw_token_response': (n) => n.getRawTokenResponse(K, C),
  'get_metadata': (n) => n.getMetadata(K, C),
  'set_metadata': (n) => n.setMetadata(K, C, METADATA),
  'update_metadata': (n) => n.updateMetadata(K, C, METADATA),
  'delete_connection': (n) => n.deleteConnection(K, C),
  'get_scripts_config': (n) => n.getScriptsConfig(),
  'list_records': (n) => n.listRecords({ ...AT, model: 'Issue' }),
  'list_records/options': (n) =>
    n.listRecords({ ...AT, model: 'Issue', modifiedAfter: MOMENT, limit: 10, filter: 'added', cursor: 'abc=' }),
  'get_records': (n) => n.getRecords({ ...AT, model: 'Issue', limit: 10 }),
  'trigger_sync': (n) => n.triggerSync(K, ['issues'], C),
  'trigger_sync/full': (n) => n.triggerSync(K, ['issues'], C, true),
  'start_sync': (n) => n.startSync(K, ['issues'], C),
  'pause_sync': (n) => n.pauseSync(K, ['issues'], C),
  'sync_status': (n) => n.syncStatus(K, ['issues'], C),
  'get_environment_variables': (n) => n.getEnvironmentVariables(),
  'trigger_action': (n) => n.triggerAction(K, C, 'create-issue', { title: 'x' }),
  'get': (n) => n.get({ ...AT, endpoint: '/repos?state=open' }),
  'post': (n) => n.post({ ...AT, endpoint: '/repos', data: { title: 'x' } }),
  'put': (n) => n.proxy({ ...AT, endpoint: '/repos/1', method: 'PUT', data: { title: 'x' } }),
  'patch': (n) => n.patch({ ...AT, endpoint: '/repos/1', data: { title: 'x' } }),
  'delete': (n) => n.delete({ ...AT, endpoint: '/repos/1' }),
};

export const CALLS = [...callsOf(newest, NEWEST, ''), ...callsOf(seed, SEED, 'seed/')];

function callsOf(calls, sdk, prefix) {
  return Object.entries(calls).map(([name, run]) => {
    const call = String(run).replace(/^\(n\) =>\s*n\./, '').replace(/\s+/g, ' ');
    return { id: `${prefix}${name}`, sdk, call, run };
  });
}
