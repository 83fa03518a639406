'use strict';
// The `nango` object that a script is called with. What it holds is built here from small parts; the script sees it
// through a proxy that refuses the names under which other runtimes keep their internals.

const { ActionError } = require('internal/errors');
const { createClient } = require('internal/http');

const BLOCKED = new Set([
  'nango',
  'persistClient',
  'integrationConfig',
  'attributes',
  'telemetryBag',
  'abortSignal',
  'lifecycle',
  'memoizedConnections',
  'memoizedIntegration',
  'checkpointKey',
  'modelFullName',
  'validateRecords',
  'removeMetadata',
  'getProxyConfig',
  'shouldLog',
  'constructor',
  '__proto__',
]);

const PROPERTIES = [
  'connectionId',
  'providerConfigKey',
  'provider',
  'environmentId',
  'environmentName',
  'accountId',
  'activityLogId',
  'nangoConnectionId',
  'syncId',
  'syncJobId',
  'isCLI',
  'syncConfig',
];

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

// Methods of the parts that many scripts never touch: a part is read when one of its methods is first called.
const LAZY_METHODS = {
  'internal/connection': [
    'getConnection',
    'getMetadata',
    'setMetadata',
    'updateMetadata',
    'getFieldMapping',
    'setFieldMapping',
    'getToken',
    'getIntegration',
    'getWebhookURL',
    'getEnvironmentVariables',
  ],
  'internal/functions': ['triggerAction', 'triggerSync', 'startSync'],
  'internal/locks': ['tryAcquireLock', 'releaseLock', 'releaseAllLocks'],
  'internal/checkpoint': ['getCheckpoint', 'saveCheckpoint', 'clearCheckpoint'],
  'internal/validate': ['zodValidateInput'],
  'internal/uncontrolled-fetch': ['uncontrolledFetch'],
};

const LAZY_SYNC_METHODS = {
  'internal/records': [
    'batchSave',
    'batchSend',
    'batchUpdate',
    'batchDelete',
    'getRecordsByIds',
    'listRecords',
    'setMergingStrategy',
    'deleteRecordsFromPreviousExecutions',
    'trackDeletesStart',
    'trackDeletesEnd',
  ],
};

function addLazy(target, parts, job) {
  for (const [name, methods] of Object.entries(parts)) {
    let part;
    for (const method of methods) {
      target[method] = (...values) => {
        part ??= require(name).create(job, target);
        return part[method](...values);
      };
    }
  }
}

function addHttp(target, job) {
  const request = createClient(job);
  for (const verb of VERBS) target[verb] = (config) => request({ ...config, method: verb });
  target.proxy = (config) => request(config);
  let paginate;
  target.paginate = (config) => {
    paginate ??= require('internal/paginate').createPaginate(job, request);
    return paginate(config);
  };
}

function addLog(target, job) {
  const logger = { level: job.context.loggerLevel ?? 'warn' };
  target.logger = logger;
  target.setLogger = ({ level }) => {
    if (logger.level !== 'off') logger.level = level;
  };
  target.log = async (...values) => require('internal/log').log(logger, values);
}

// Properties and methods that only syncs and their webhook functions have.
function addSync(target, job) {
  const { lastSyncDate, variant, trackDeletes, emptyCache } = job.context;
  target.lastSyncDate = lastSyncDate ? new Date(lastSyncDate) : job.harness === true ? null : undefined;
  target.variant = variant ?? 'base';
  target.track_deletes = trackDeletes ?? false;
  target.emptyCache = emptyCache ?? false;
  addLazy(target, LAZY_SYNC_METHODS, job);
}

const refuse = (key) => {
  throw new Error(`Access to "${key}" is not allowed.`);
};

// Without a prototype, `Object.getPrototypeOf(nango)` is null by itself, and no blocked name is an own key.
const FACADE = {
  get(target, key) {
    return BLOCKED.has(key) ? refuse(key) : target[key];
  },
  set(target, key, value) {
    if (BLOCKED.has(key)) refuse(key);
    target[key] = value;
    return true;
  },
  defineProperty(target, key, descriptor) {
    return BLOCKED.has(key) ? refuse(key) : Reflect.defineProperty(target, key, descriptor);
  },
  setPrototypeOf: () => false,
};

/** The object for one run. */
exports.createNango = function createNango(job) {
  const target = Object.create(null);
  for (const name of PROPERTIES) if (job.context[name] !== undefined) target[name] = job.context[name];
  target.scriptType = job.kind;
  target.ActionError = ActionError;
  // Synchronous, unlike the other readers: what a deployed function was configured with does not change in a run.
  target.getFlowAttributes = () => {
    if (!job.context.syncJobId) throw new Error('There is no current sync to get attributes from');
    return job.context.syncConfig?.attributes ?? null;
  };
  addHttp(target, job);
  addLog(target, job);
  addLazy(target, LAZY_METHODS, job);
  if (job.kind === 'sync' || job.kind === 'webhook') addSync(target, job);
  return new Proxy(target, FACADE);
};
