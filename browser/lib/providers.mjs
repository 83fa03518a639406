// The providers of the suite: on the simulator, on a certified authorization server, and on an OAuth 1 server.

const text = (title, more = {}) => ({ type: 'string', title, ...more });

export function providersAt({ base, oidc, oauth1 }) {
  const proxy = { base_url: `${base}/api` };
  const oauth = { auth_mode: 'OAUTH2', authorization_url: `${base}/oauth/authorize`, token_url: `${base}/oauth/token` };
  const verified = { ...proxy, headers: { 'x-api-key': '${apiKey}' }, verification: { endpoints: ['/user'] } };
  return {
    oauth1: {
      display_name: 'OAuth 1',
      auth_mode: 'OAUTH1',
      request_url: `${oauth1}/request_token`,
      authorization_url: `${oauth1}/authorize`,
      token_url: `${oauth1}/access_token`,
      signature_method: 'HMAC-SHA1',
      proxy: { base_url: oauth1 },
    },
    oidc: {
      display_name: 'Certified',
      auth_mode: 'OAUTH2',
      authorization_url: `${oidc}/auth`,
      authorization_params: { prompt: 'consent' },
      token_url: `${oidc}/token`,
      default_scopes: ['openid', 'offline_access'],
    },
    'oidc-mcp': {
      display_name: 'Certified MCP',
      auth_mode: 'MCP_OAUTH2',
      client_registration: 'dynamic',
      registration_url: `${oidc}/reg`,
      authorization_url: `${oidc}/auth`,
      authorization_params: { prompt: 'consent' },
      token_url: `${oidc}/token`,
      default_scopes: ['openid', 'offline_access'],
    },
    mcp: {
      display_name: 'MCP server',
      auth_mode: 'MCP_OAUTH2_GENERIC',
      connection_config: { mcp_server_url: text('MCP server URL') },
      proxy: { base_url: '${connectionConfig.mcp_server_url}' },
    },
    'oidc-machine': {
      display_name: 'Certified machine',
      auth_mode: 'OAUTH2_CC',
      token_url: `${oidc}/token`,
      token_params: { grant_type: 'client_credentials' },
    },
    'sim-oauth': { display_name: 'Simulated OAuth', ...oauth, proxy },
    'sim-key': {
      display_name: 'Simulated key',
      auth_mode: 'API_KEY',
      proxy: verified,
      credentials: { apiKey: text('API key', { secret: true, pattern: '^(sim-)?key-', example: 'sim-key-…' }) },
      connection_config: {
        region: text('Region', { enum: ['eu', 'us'], order: 1 }),
        subdomain: text('Subdomain', { format: 'hostname', suffix: '.example.com', optional: true }),
      },
    },
    'sim-basic': {
      display_name: 'Simulated user',
      auth_mode: 'BASIC',
      proxy: { ...proxy, verification: { endpoints: ['/user'] } },
      credentials: { username: text('User name'), password: text('Password', { secret: true }) },
    },
    'sim-cc': {
      display_name: 'Simulated client',
      auth_mode: 'OAUTH2_CC',
      token_url: `${base}/oauth/token`,
      token_params: { grant_type: 'client_credentials' },
      proxy,
    },
    'sim-none': { display_name: 'Simulated nothing', auth_mode: 'NONE', proxy },
    'sim-two-step': {
      display_name: 'Simulated two steps',
      auth_mode: 'TWO_STEP',
      token_url: `${base}/oauth/token`,
      body_format: 'form',
      token_params: {
        grant_type: 'client_credentials',
        client_id: '${credentials.clientId}',
        client_secret: '${credentials.clientSecret}',
      },
      token_response: {
        token: 'access_token',
        token_expiration: 'expires_in',
        token_expiration_strategy: 'expireIn',
      },
      credentials: { clientId: text('Client ID'), clientSecret: text('Client secret', { secret: true }) },
      proxy,
    },
  };
}
