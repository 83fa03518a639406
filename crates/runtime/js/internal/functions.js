'use strict';
// Calls of other functions.

const { ask } = require('internal/platform');

// Older scripts gave a mode as text, or a boolean for "full".
function toOptions(mode) {
  if (typeof mode === 'boolean') return { reset: mode, emptyCache: false };
  if (mode === 'full_refresh') return { reset: true, emptyCache: false };
  if (mode === 'full_refresh_and_clear_cache') return { reset: true, emptyCache: true };
  return typeof mode === 'object' && mode !== null ? mode : {};
}

exports.create = () => ({
  triggerAction: (providerConfigKey, connectionId, action, input) =>
    ask('action.trigger', { providerConfigKey, connectionId, action, input }),
  triggerSync: (providerConfigKey, connectionId, sync, options) =>
    ask('sync.trigger', { providerConfigKey, connectionId, sync, opts: toOptions(options) }),
  startSync: (providerConfigKey, syncs, connectionId) =>
    ask('sync.start', { providerConfigKey, connectionId, syncs }),
});
