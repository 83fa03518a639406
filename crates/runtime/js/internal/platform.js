'use strict';
// Calls to the platform itself: a failure becomes the error that scripts know.

const calls = require('internal/calls');
const { fromHost } = require('internal/errors');

exports.ask = async function ask(operation, args) {
  try {
    return await calls.call(operation, args);
  } catch (error) {
    throw fromHost(error);
  }
};

/** An answer of the platform in the shape of a response, for the methods that return one. */
exports.asResponse = (data) => ({ data, status: 200, statusText: 'OK', headers: {}, config: {}, request: {} });
