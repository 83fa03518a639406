import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Field,
  cleaned,
  directCall,
  fieldsOf,
  popupQuery,
  problemOf,
  queryOf,
  submissionOf,
  usesPopup,
} from '../src/connect/form';
import type { Integration, Provider, Session } from '../src/connect/types';

const integration: Integration = { unique_key: 'k', provider: 'p', display_name: 'P', logo: '' };
const session = (connection_config?: Record<string, unknown>): Session =>
  ({ integrations_config_defaults: { k: { connection_config } } }) as unknown as Session;
const provider = (auth_mode: string, more: Partial<Provider> = {}): Provider => ({
  name: 'p',
  display_name: 'P',
  logo_url: '',
  auth_mode,
  ...more,
});
const names = (fields: Field[]) => fields.filter((field) => !field.isHidden).map((field) => field.name);
const form = (mode: string, more: Partial<Provider> = {}, preset?: Record<string, unknown>, own = {}) =>
  fieldsOf({ provider: provider(mode, more), integration: { ...integration, ...own }, session: session(preset) });

test('each auth mode has its own base fields', () => {
  const expected: Record<string, string[]> = {
    API_KEY: ['apiKey'],
    BASIC: ['username', 'password'],
    SIGNATURE: ['username', 'password'],
    OAUTH2_CC: ['client_id', 'client_secret'],
    TBA: ['oauth_client_id_override', 'oauth_client_secret_override', 'token_id', 'token_secret'],
    BILL: ['username', 'password', 'organization_id', 'dev_key'],
    AWS_SIGV4: ['role_arn'],
    OAUTH2: [],
    OAUTH1: [],
    NONE: [],
    JWT: [],
    TWO_STEP: [],
  };
  for (const [mode, fields] of Object.entries(expected)) assert.deepEqual(names(form(mode)), fields, mode);
});

test('a certificate is asked for where the provider requires one', () => {
  const fields = names(form('OAUTH2_CC', { require_client_certificate: true }));
  assert.deepEqual(fields, ['client_id', 'client_secret', 'client_certificate', 'client_private_key']);
});

test('ordered settings come first, then credentials, then the rest and what is used once', () => {
  const fields = form('API_KEY', {
    connection_config: { later: {}, second: { order: 2 }, first: { order: 1 }, made: { automated: true } },
    credentials: { extra: {}, apiKey: { title: 'Key' } },
    assertion_option: { once: {} },
  });
  assert.deepEqual(names(fields), ['first', 'second', 'apiKey', 'extra', 'later', 'once']);
  assert.equal(fields.find((field) => field.name === 'apiKey')?.label, 'Key');
});

test('presets and hidden fields are sent and not shown', () => {
  const fields = form('NONE', { connection_config: { a: {}, b: { hidden: true, default_value: 'x' }, c: {} } }, { a: '1' });
  assert.deepEqual(names(fields), ['c']);
  const values = new Map(fields.map((field) => [field, field.value] as const));
  assert.deepEqual(submissionOf(fields, values).params, { a: '1', b: 'x', c: '' });
});

test('values that the application set up are not asked for', () => {
  const more = { integration_config: { dppKey: {} }, credentials: { user: {} } };
  assert.deepEqual(names(form('TWO_STEP', more)), ['user', 'dppKey']);
  assert.deepEqual(names(form('TWO_STEP', more, undefined, { preconfigured_credentials: ['dppKey'] })), ['user']);
});

test('a label of the application replaces title and help', () => {
  const more = { credentials: { apiKey: { title: 'Key', description: 'd', example: 'e' } } };
  const [field] = form('API_KEY', more, undefined, { credentials_label: { apiKey: 'Licence' } });
  assert.equal(field?.label, 'Licence');
  assert.equal(field?.schema.description ?? field?.schema.example, undefined);
});

test('a client of the user is asked for when the session presets it empty', () => {
  const preset = { oauth_client_id_override: '', oauth_client_secret_override: '' };
  assert.deepEqual(names(form('OAUTH2', {}, preset)), ['oauth_client_id_override', 'oauth_client_secret_override']);
});

test('values are judged by presence, list, format and pattern', () => {
  const field = (schema: object): Field => ({ ...(form('API_KEY')[0] as Field), schema, isRequired: true });
  assert.equal(problemOf(field({}), ''), 'required');
  assert.equal(problemOf({ ...field({}), isRequired: false }, ''), undefined);
  assert.equal(problemOf(field({ enum: ['a'] }), 'b'), 'listed');
  assert.equal(problemOf(field({ format: 'hostname' }), 'a b'), 'format');
  assert.equal(problemOf(field({ format: 'uri' }), 'https://a.example'), undefined);
  assert.equal(problemOf(field({ pattern: '^key-' }), 'k'), 'pattern');
  assert.equal(problemOf(field({ pattern: '[z-a]' }), 'anything'), undefined);
});

test('a pasted address loses what the field shows as its fixed parts', () => {
  const field: Field = { ...(form('API_KEY')[0] as Field), schema: { suffix: '.example.com' } };
  assert.equal(cleaned(field, ' https://acme.example.com/path '), 'acme');
  assert.equal(cleaned(field, 'acme'), 'acme');
  assert.equal(cleaned({ ...field, schema: { prefix: 'https://' } }, 'https://a.example'), 'a.example');
});

test('each mode is sent to its own path with the body it takes', () => {
  const typed = { params: {}, credentials: { a: '1' }, assertionOption: {} };
  const call = (mode: string, more = {}) => directCall(provider(mode, more), 'my key', typed);
  assert.deepEqual(call('API_KEY'), { path: '/api-auth/api-key/my%20key', body: { a: '1' } });
  assert.deepEqual(call('TWO_STEP'), { path: '/auth/two-step/my%20key', body: { a: '1', type: 'TWO_STEP' } });
  assert.deepEqual(call('NONE'), { path: '/auth/unauthenticated/my%20key', body: undefined });
  assert.equal(call('OAUTH2', { installation: 'outbound' }).path, '/auth/oauth-outbound/my%20key');
  const once = directCall(provider('JWT'), 'k', { ...typed, assertionOption: { key: 'x' } });
  assert.deepEqual(once.body, { a: '1', type: 'JWT', assertionOption: { key: 'x' } });
});

test('every value of a query is encoded', () => {
  const typed = { params: { 'a&b': 'c=d&e' }, credentials: { oauth_client_id_override: 'x y' }, assertionOption: {} };
  assert.equal(queryOf(typed, { t: '1' }), 't=1&params%5Ba%26b%5D=c%3Dd%26e');
  assert.ok(popupQuery(typed, {}).endsWith('credentials%5Boauth_client_id_override%5D=x+y'));
});

test('only modes with a page at the provider open a window', () => {
  assert.equal(usesPopup(provider('OAUTH2')), true);
  assert.equal(usesPopup(provider('OAUTH2', { installation: 'outbound' })), false);
  assert.equal(usesPopup(provider('API_KEY')), false);
});
