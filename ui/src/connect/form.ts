// Which fields a form has, in which order, what may be typed into them, and what is sent. No DOM.

import type { FieldSchema, Integration, Provider, Session } from './types';

export type Group = 'credentials' | 'params' | 'assertionOption';

export interface Field {
  group: Group;
  name: string;
  label: string;
  schema: FieldSchema;
  /** Sent as it is and not shown. */
  isHidden: boolean;
  isRequired: boolean;
  value: string;
}

export interface FormInput {
  provider: Provider;
  integration: Integration;
  session: Session;
}

/** What a field needs to be changed: the key of a message. */
export type Problem = 'required' | 'pattern' | 'format' | 'listed';

const LABELS: Record<string, string> = {
  apiKey: 'API key',
  username: 'User name',
  password: 'Password',
  client_id: 'Client ID',
  client_secret: 'Client secret',
  client_certificate: 'Client certificate',
  client_private_key: 'Private key',
  oauth_client_id_override: 'OAuth client ID',
  oauth_client_secret_override: 'OAuth client secret',
  oauth_refresh_token_override: 'Refresh token',
  token_id: 'Token ID',
  token_secret: 'Token secret',
  organization_id: 'Organization ID',
  dev_key: 'Developer key',
  role_arn: 'IAM role ARN',
};
const SECRETS = /secret|password|key|token/i;
/** Fields of a client that replaces the integration's; asked for when the session presets them, even empty. */
const OVERRIDES = ['oauth_client_id_override', 'oauth_client_secret_override', 'oauth_refresh_token_override'];

/** Modes that are connected in a window at the provider. */
export function usesPopup(provider: Provider): boolean {
  if (provider.installation === 'outbound') return false;
  return ['OAUTH2', 'OAUTH1', 'APP', 'CUSTOM', 'MCP_OAUTH2', 'MCP_OAUTH2_GENERIC', 'INSTALL_PLUGIN'].includes(
    provider.auth_mode,
  );
}

/** All fields of a form, hidden ones too, in the order they are shown. */
export function fieldsOf({ provider, integration, session }: FormInput): Field[] {
  const presets = session.integrations_config_defaults?.[integration.unique_key]?.connection_config ?? {};
  const credentials = credentialFields(provider, integration, presets);
  const params = Object.entries(provider.connection_config ?? {})
    .filter(([, schema]) => !schema.automated)
    .map(([name, schema]) => fieldOf('params', name, schema, presets[name]));
  const options = Object.entries(provider.assertion_option ?? {}).map(([name, schema]) =>
    fieldOf('assertionOption', name, schema, undefined),
  );
  const isOrdered = (field: Field) => field.schema.order !== undefined;
  const first = params.filter(isOrdered).sort((a, b) => (a.schema.order ?? 0) - (b.schema.order ?? 0));
  return [...first, ...credentials, ...params.filter((field) => !isOrdered(field)), ...options];
}

function credentialFields(provider: Provider, integration: Integration, presets: Record<string, unknown>): Field[] {
  const own = provider.credentials ?? {};
  const schemas = new Map<string, FieldSchema>();
  for (const [name, schema] of baseFields(provider, presets)) schemas.set(name, { ...schema, ...own[name] });
  for (const [name, schema] of Object.entries(own)) if (!schemas.has(name)) schemas.set(name, schema);
  if (provider.auth_mode === 'TWO_STEP') {
    for (const [name, schema] of Object.entries(provider.integration_config ?? {})) schemas.set(name, schema);
  }
  const preset = new Set(integration.preconfigured_credentials ?? []);
  const label = integration.credentials_label?.apiKey;
  const fields: Field[] = [];
  for (const [name, schema] of schemas) {
    if (schema.automated || preset.has(name)) continue;
    const field = fieldOf('credentials', name, { secret: SECRETS.test(name), ...schema }, undefined);
    if (name === 'apiKey' && label) {
      const { description: _description, example: _example, ...rest } = field.schema;
      fields.push({ ...field, label, schema: rest });
    } else fields.push(field);
  }
  return fields;
}

function baseFields(provider: Provider, presets: Record<string, unknown>): [string, FieldSchema][] {
  const required = (...names: string[]): [string, FieldSchema][] => names.map((name) => [name, {}]);
  const optional = (...names: string[]): [string, FieldSchema][] => names.map((name) => [name, { optional: true }]);
  switch (provider.auth_mode) {
    case 'API_KEY':
      return required('apiKey');
    case 'BASIC':
      return [...required('username'), ...optional('password')];
    case 'SIGNATURE':
      return required('username', 'password');
    case 'OAUTH2_CC': {
      const byKey = provider.token_request_auth_method === 'private_key_jwt';
      const secret = byKey ? optional('client_secret') : required('client_secret');
      const asksCertificate = provider.require_client_certificate;
      const certificate = asksCertificate ? required('client_certificate', 'client_private_key') : [];
      return [...required('client_id'), ...secret, ...certificate];
    }
    case 'TBA':
      return [
        ...optional('oauth_client_id_override', 'oauth_client_secret_override'),
        ...required('token_id', 'token_secret'),
      ];
    case 'BILL':
      return required('username', 'password', 'organization_id', 'dev_key');
    case 'AWS_SIGV4':
      return required('role_arn');
    case 'OAUTH2':
      return optional(...OVERRIDES.filter((name) => name in presets));
    default:
      return [];
  }
}

function fieldOf(group: Group, name: string, schema: FieldSchema, preset: unknown): Field {
  const presetText = typeof preset === 'string' && preset !== '' ? preset : undefined;
  const isRequired = !schema.optional && schema.default_value !== '';
  const first = schema.enum && isRequired ? schema.enum[0] : undefined;
  return {
    group,
    name,
    label: schema.title || LABELS[name] || name,
    schema,
    isHidden: schema.hidden === true || presetText !== undefined,
    isRequired,
    value: presetText ?? schema.default_value ?? first ?? '',
  };
}

/** What is wrong with a value, if anything. */
export function problemOf(field: Field, value: string): Problem | undefined {
  const { schema } = field;
  if (value === '') return field.isRequired ? 'required' : undefined;
  if (schema.enum && !schema.enum.includes(value)) return 'listed';
  if (schema.format && !fitsFormat(schema.format, value)) return 'format';
  if (schema.pattern && !fitsPattern(schema.pattern, value)) return 'pattern';
  return undefined;
}

function fitsFormat(format: string, value: string): boolean {
  switch (format) {
    case 'hostname':
      return /^[a-zA-Z0-9.-]+$/.test(value);
    case 'uuid':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
    case 'email':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
    case 'uri':
      return URL.canParse(value);
    default:
      return true;
  }
}

/** A pattern that does not compile judges nothing; the server has the last word. */
function fitsPattern(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
}

/** Pasted values lose the spaces around them, and what the field shows as its fixed parts. */
export function cleaned(field: Field, typed: string): string {
  const { prefix, suffix } = field.schema;
  let value = typed.trim();
  if (!prefix && !suffix) return value;
  if (prefix && value.startsWith(prefix)) value = value.slice(prefix.length);
  const end = suffix ? value.indexOf(suffix) : -1;
  if (suffix && end > 0) value = value.slice(0, end);
  return suffix ? value.replace(/^https?:\/\//, '') : value;
}

export interface Submission {
  params: Record<string, string>;
  credentials: Record<string, string>;
  assertionOption: Record<string, string>;
}

/** The values by group; empty optional ones are left out. */
export function submissionOf(fields: Field[], values: Map<Field, string>): Submission {
  const submission: Submission = { params: {}, credentials: {}, assertionOption: {} };
  for (const field of fields) {
    const value = values.get(field) ?? field.value;
    if (value !== '' || field.isRequired) submission[field.group][field.name] = value;
  }
  return submission;
}

const PATHS: Record<string, string> = {
  API_KEY: '/api-auth/api-key/',
  BASIC: '/api-auth/basic/',
  OAUTH2_CC: '/oauth2/auth/',
  TBA: '/auth/tba/',
  JWT: '/auth/jwt/',
  TWO_STEP: '/auth/two-step/',
  BILL: '/auth/bill/',
  SIGNATURE: '/auth/signature/',
  AWS_SIGV4: '/auth/aws-sigv4/',
  NONE: '/auth/unauthenticated/',
};

/** Path and body of a call that connects at once. */
export function directCall(provider: Provider, key: string, submission: Submission): { path: string; body: unknown } {
  const encoded = encodeURIComponent(key);
  if (provider.installation === 'outbound') return { path: `/auth/oauth-outbound/${encoded}`, body: undefined };
  const path = `${PATHS[provider.auth_mode] ?? '/auth/unauthenticated/'}${encoded}`;
  if (provider.auth_mode === 'NONE') return { path, body: undefined };
  const namesMode = ['JWT', 'TWO_STEP', 'SIGNATURE'].includes(provider.auth_mode);
  const body: Record<string, unknown> = { ...submission.credentials };
  if (namesMode) body.type = provider.auth_mode;
  if (Object.keys(submission.assertionOption).length) body.assertionOption = submission.assertionOption;
  return { path, body };
}

/** The query of a call: `params[name]=value`, and in a window the client the user brings. */
export function queryOf(submission: Submission, more: Record<string, string>): string {
  const query = new URLSearchParams(more);
  for (const [name, value] of Object.entries(submission.params)) query.append(`params[${name}]`, value);
  return query.toString();
}

/** The query of a window. */
export function popupQuery(submission: Submission, more: Record<string, string>): string {
  const query = new URLSearchParams(queryOf(submission, more));
  for (const name of OVERRIDES) {
    const value = submission.credentials[name];
    if (value) query.append(`credentials[${name}]`, value);
  }
  return query.toString();
}
