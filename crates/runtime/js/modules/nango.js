'use strict';
// `require('nango')`. The official compiler unwraps these calls, other bundlers leave them.

const { ActionError } = require('internal/errors');

exports.createSync = (options) => ({ type: 'sync', ...options });
exports.createAction = (options) => ({ type: 'action', ...options });
exports.createOnEvent = (options) => ({ type: 'onEvent', ...options });
exports.createFunction = (options) => ({ type: 'function', ...options });
exports.ActionError = ActionError;
