import client from './client.mjs';
import providers from './providers.mjs';
import integrationsLegacy from './integrations-legacy.mjs';
import integrations from './integrations.mjs';
import connections from './connections.mjs';
import listing from './listing.mjs';
import tokens from './tokens.mjs';
import refresh from './refresh.mjs';
import connect from './connect.mjs';
import actions from './actions.mjs';
import metadata from './metadata.mjs';
import environment from './environment.mjs';
import functions from './functions.mjs';
import proxyRequests from './proxy-requests.mjs';
import proxyBodies from './proxy-bodies.mjs';
import proxyResponses from './proxy-responses.mjs';
import proxyRetries from './proxy-retries.mjs';
import waiting from './waiting.mjs';
import webhooks from './webhooks.mjs';
import errors from './errors.mjs';
import rateLimit from './rate-limit.mjs';

export const GROUPS = [
  client,
  providers,
  integrationsLegacy,
  integrations,
  connections,
  listing,
  tokens,
  refresh,
  connect,
  metadata,
  actions,
  environment,
  functions,
  proxyRequests,
  proxyBodies,
  proxyResponses,
  proxyRetries,
  waiting,
  webhooks,
  errors,
  rateLimit,
];
