'use strict';
// The error classes that scripts see.

/** `nango.ActionError`: an error that a function means, with a payload for its caller. */
class ActionError extends Error {
  constructor(payload) {
    super();
    this.type = 'action_script_runtime_error';
    this.payload = payload;
    Object.defineProperty(this, 'name', { value: 'ActionError', configurable: true, writable: true });
  }
}

/**
 * An error with a code of the platform (`script_aborted`, `unknown_provider_template_in_config` ...). Uncaught, the
 * codes of SDK_CODES become the type of the run's failure.
 */
class SdkError extends Error {
  constructor(code, message, payload) {
    super(message ?? code);
    this.name = 'NangoError';
    this.code = code;
    if (payload !== undefined) this.payload = payload;
  }
}

const SDK_CODES = new Set([
  'script_aborted',
  'execution_timeout',
  'execution_interrupted',
  'unknown_provider_template_in_config',
  'invalid_sync_record',
  'invalid_action_input',
  'invalid_action_output',
]);

/** The shape of errors of the axios client, on which scripts branch: `error.response?.status`, `error.code`. */
class AxiosError extends Error {
  constructor(message, code, config, request, response) {
    super(message);
    this.name = 'AxiosError';
    this.isAxiosError = true;
    if (code !== undefined) this.code = code;
    if (config !== undefined) this.config = config;
    if (request !== undefined) this.request = request;
    if (response !== undefined) {
      this.response = response;
      this.status = response.status;
    }
  }

  toJSON() {
    const { message, name, stack, config, code, status } = this;
    return { message, name, stack, config, code, status: status ?? null };
  }
}

/** The error of an answered request whose status is not 2xx. */
function statusError(response) {
  const { status, config, request } = response;
  const code = status >= 500 ? 'ERR_BAD_RESPONSE' : 'ERR_BAD_REQUEST';
  return new AxiosError(`Request failed with status code ${status}`, code, config, request, response);
}

/**
 * The error of a failed call to the platform itself. Refusals that have a status look like failed requests, because
 * scripts written for a runtime that asks over HTTP read `error.response.data.error.code`.
 */
function fromHost(error) {
  const detail = error?.detail;
  if (detail === undefined) return error;
  if (SDK_CODES.has(detail.code)) return new SdkError(detail.code, detail.message, detail.payload);
  if (detail.status === undefined) return error;
  const { code, message, payload, status } = detail;
  const body = { error: { code, message, ...(payload !== undefined && { payload }) } };
  const response = { data: body, status, statusText: '', headers: {}, config: {}, request: {} };
  const failure = statusError(response);
  Object.defineProperty(failure, 'platform', { value: true });
  return failure;
}

module.exports = { ActionError, AxiosError, SdkError, SDK_CODES, fromHost, statusError };
