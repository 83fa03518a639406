// The runtime's Intl compared with Node's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from './support/engine.mjs';

// Evaluates the same expressions here and in the runtime. Node separates the halves of the day by a narrow space.
async function same(expressions) {
  const ours = await evaluate(`return [${expressions.join(',\n')}];`);
  const plain = (value) => JSON.parse(JSON.stringify(value ?? null).replaceAll('\u202f', ' '));
  expressions.forEach((expression, at) => {
    assert.deepEqual(plain(ours[at]), plain(Function(`return ${expression};`)()), expression);
  });
}

const VALUES = '[0, -0, 1, -1.5, 0.005, 1.005, 12.345, 999.995, 1234.5, -9876543.21, 1e21, 1.5e-7, 123456789]';
const formats = (locale, options) => `${VALUES}.map(new Intl.NumberFormat('${locale}', ${options}).format)`;

test('numbers are formatted as in Node', () =>
  same([
    ...['en-US', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'pt-BR', 'xx'].map((locale) => formats(locale, '{}')),
    formats('en-US', '{ minimumFractionDigits: 2 }'),
    formats('en-US', '{ maximumFractionDigits: 0 }'),
    formats('en-US', '{ minimumFractionDigits: 1, maximumFractionDigits: 2, useGrouping: false }'),
    formats('en-US', '{ maximumSignificantDigits: 3 }'),
    formats('en-US', '{ minimumSignificantDigits: 4 }'),
    formats('en-US', '{ minimumIntegerDigits: 3 }'),
    formats('en-US', "{ style: 'percent' }"),
    formats('de-DE', "{ style: 'percent', minimumFractionDigits: 1 }"),
    formats('en-US', "{ style: 'currency', currency: 'USD' }"),
    formats('en-US', "{ style: 'currency', currency: 'jpy' }"),
    formats('en-US', "{ style: 'currency', currency: 'CHF' }"),
    formats('en-US', "{ style: 'currency', currency: 'EUR', maximumFractionDigits: 0 }"),
    formats('de-DE', "{ style: 'currency', currency: 'EUR' }"),
    formats('fr-FR', "{ style: 'currency', currency: 'EUR', currencyDisplay: 'code' }"),
    formats('en-US', "{ notation: 'compact' }"),
    formats('en-US', "{ notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 1 }"),
    formats('en-US', "{ signDisplay: 'exceptZero' }"),
    formats('en-US', "{ signDisplay: 'always' }"),
    "[NaN, Infinity, -Infinity].map(new Intl.NumberFormat('en-US').format)",
    "[NaN, Infinity, -Infinity].map(new Intl.NumberFormat('en-US', { style: 'percent' }).format)",
    '(1234.5).toLocaleString()',
    "(0.256).toLocaleString('en-US', { style: 'percent' })",
    '(12345678901234567890n).toLocaleString()',
    "new Intl.NumberFormat('en-US').format('42.5')",
  ]));

const TIMES = '[0, 1704067199999, 1709210096789, -1e12, 951782400000]';
function dates(locale, options) {
  const zoned = options.replace('{', "{ timeZone: 'UTC', ");
  return `${TIMES}.map((ms) => new Intl.DateTimeFormat('${locale}', ${zoned}).format(ms))`;
}

const DATE_OPTIONS = [
  '{}',
  "{ dateStyle: 'short' }",
  "{ dateStyle: 'medium' }",
  "{ dateStyle: 'long' }",
  "{ dateStyle: 'full' }",
  "{ timeStyle: 'short' }",
  "{ timeStyle: 'medium' }",
  "{ timeStyle: 'long' }",
  "{ dateStyle: 'medium', timeStyle: 'short' }",
  "{ dateStyle: 'long', timeStyle: 'short' }",
  "{ year: 'numeric', month: '2-digit', day: '2-digit' }",
  "{ year: '2-digit', month: 'numeric' }",
  "{ month: 'short', day: 'numeric' }",
  "{ month: 'long', year: 'numeric' }",
  "{ weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' }",
  "{ weekday: 'long' }",
  "{ month: 'long' }",
  "{ hour: 'numeric' }",
  "{ hour: '2-digit', minute: '2-digit', hour12: false }",
  "{ hour: 'numeric', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }",
  "{ minute: '2-digit', second: '2-digit' }",
  "{ year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }",
];

test('dates are formatted as in Node for the United States', () =>
  same(DATE_OPTIONS.map((options) => dates('en-US', options))));

test('dates of digits have the order of their locale', () =>
  same(
    ['en-GB', 'en-CA', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pt-BR', 'sv-SE'].map((locale) =>
      dates(locale, '{}'),
    ),
  ));

test('dates of the United Kingdom are formatted as in Node', () =>
  same(
    ["{ dateStyle: 'medium' }", "{ timeStyle: 'short' }", "{ month: 'short', day: 'numeric' }"].map((options) =>
      dates('en-GB', options),
    ),
  ));

test('times are shown in the zone that is asked for', () =>
  same([
    "new Intl.DateTimeFormat('en-US', { dateStyle: 'short', timeStyle: 'short', timeZone: 'America/New_York' }).format(0)",
    "new Intl.DateTimeFormat('en-US', { hour: 'numeric', timeZone: 'Asia/Kolkata', timeZoneName: 'short' }).format(0)",
    "new Date(1720000000000).toLocaleString('en-US', { timeZone: 'Europe/Paris' })",
    "new Date(0).toLocaleString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleTimeString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC', weekday: 'long' })",
    "new Date(0).toLocaleTimeString('en-US', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' })",
    "new Date(NaN).toLocaleString('en-US')",
    "new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' }).formatToParts(0)",
  ]));

test('texts are compared and plurals chosen', () =>
  same([
    "['b', 'A', 'a', 'B'].sort(new Intl.Collator('en').compare)",
    "['10', '9'].sort(new Intl.Collator('en', { numeric: true }).compare)",
    "[0, 1, 2, 1.5].map((value) => new Intl.PluralRules('en').select(value))",
    "[1, 2, 3, 4, 11, 12, 13, 21, 22].map((value) => new Intl.PluralRules('en', { type: 'ordinal' }).select(value))",
  ]));

test('wrong options, zones and times are refused', async () => {
  const value = await evaluate(`const names = [];
    for (const run of [
      () => new Intl.NumberFormat('en', { style: 'currency' }),
      () => new Intl.NumberFormat('en', { minimumFractionDigits: 5, maximumFractionDigits: 2 }),
      () => new Intl.DateTimeFormat('en', { timeZone: 'Nowhere/Else' }),
      () => new Intl.DateTimeFormat('en').format(NaN),
    ]) { try { run(); } catch (error) { names.push(error.name); } }
    return names;`);
  assert.deepEqual(value, ['TypeError', 'RangeError', 'RangeError', 'RangeError']);
});
