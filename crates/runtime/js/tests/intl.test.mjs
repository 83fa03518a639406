// The runtime's Intl over the host's, compared with Node's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from './support/engine.mjs';

// Evaluates the same expressions here and in the runtime.
async function same(expressions) {
  const ours = await evaluate(`return [${expressions.join(', ')}];`);
  const expected = expressions.map((expression) => Function(`return ${expression};`)());
  assert.deepEqual(ours, JSON.parse(JSON.stringify(expected)));
}

test('numbers are formatted', () =>
  same([
    "new Intl.NumberFormat('en-US').format(1234567.891)",
    "Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' }).format(-5)",
    "[1, 2.5].map(new Intl.NumberFormat('de-DE', { minimumFractionDigits: 2 }).format)",
    '(1234.5).toLocaleString()',
    "(0.256).toLocaleString('en-US', { style: 'percent' })",
    '(12345n).toLocaleString()',
  ]));

test('dates are formatted, in UTC unless told otherwise', () =>
  same([
    "new Intl.DateTimeFormat('en-US', { timeZone: 'UTC' }).format(0)",
    "new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Europe/Paris' }).format(new Date(0))",
    "new Intl.DateTimeFormat('en-US', { month: 'short', timeZone: 'UTC' }).formatToParts(0)",
    "new Date(0).toLocaleString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleTimeString('en-US', { timeZone: 'UTC' })",
    "new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC', weekday: 'long' })",
    "new Date(0).toLocaleTimeString('en-US', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' })",
    "new Date(NaN).toLocaleString('en-US')",
  ]));

test('texts are compared and plurals chosen', () =>
  same([
    "['b', 'A', 'a', 'B'].sort(new Intl.Collator('en').compare)",
    "['10', '9'].sort(new Intl.Collator('en', { numeric: true }).compare)",
    "[0, 1, 2, 1.5].map((value) => new Intl.PluralRules('en').select(value))",
    "[1, 2, 3, 4, 11, 12, 13, 21, 22].map((value) => new Intl.PluralRules('en', { type: 'ordinal' }).select(value))",
  ]));

test('wrong options and times are refused', async () => {
  const value = await evaluate(`const names = [];
    for (const run of [
      () => new Intl.NumberFormat('en', { style: 'currency' }),
      () => new Intl.DateTimeFormat('en').format(NaN),
    ]) { try { run(); } catch (error) { names.push(error.name); } }
    return names;`);
  assert.deepEqual(value, ['TypeError', 'RangeError']);
});
