'use strict';
// `console`: silent on a server, where only `nango.log` is kept; written to the log where a developer watches.

const { notify } = require('internal/calls');

const LEVELS = {
  debug: 'debug',
  trace: 'debug',
  log: 'info',
  info: 'info',
  dir: 'info',
  table: 'info',
  warn: 'warn',
  error: 'error',
};
const SILENT = [
  'assert',
  'clear',
  'count',
  'countReset',
  'dirxml',
  'group',
  'groupCollapsed',
  'groupEnd',
  'time',
  'timeEnd',
  'timeLog',
];

exports.createConsole = function createConsole(toLog) {
  const console = {};
  for (const name of SILENT) console[name] = () => undefined;
  for (const [name, level] of Object.entries(LEVELS)) {
    console[name] = toLog
      ? (...values) => notify('log', { level, message: values.map(require('internal/log').toText).join(' ') })
      : () => undefined;
  }
  return console;
};
