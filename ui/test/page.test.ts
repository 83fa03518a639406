import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LANGUAGES, languageOf, translator } from '../src/connect/i18n';
import { ParentGuard, placeOf, socketUrl, tokenOf, withoutToken } from '../src/connect/place';
import { textOn, themeOf } from '../src/connect/theme';
import { uuid } from '../src/connect/uuid';

test('every language has every text with the same places to fill', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  const english = LANGUAGES.en as Record<string, string>;
  for (const [language, texts] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort(), language);
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', `${language} ${key}`);
      assert.equal(places(text), places(english[key] ?? ''), `${language} ${key}`);
    }
  }
});

test('the language is the one asked for, else the first of the browser that is known, else English', () => {
  assert.equal(languageOf('fr-CA', ['de']), 'fr');
  assert.equal(languageOf('xx', ['nl', 'ja-JP']), 'ja');
  assert.equal(languageOf(null, []), 'en');
  assert.equal(translator('en')('form.title', { name: 'X' }), 'Connect X');
});

test('the address says where the API is, and else the page or its own origin', () => {
  const at = (query: string, own = '') => placeOf(new URL(`https://ui.example/${query}`), false, own).apiUrl;
  assert.equal(at('?apiURL=https%3A%2F%2Fapi.example%2Fbase%2F'), 'https://api.example/base');
  assert.equal(at('', 'https://own.example'), 'https://own.example');
  assert.equal(at(''), 'https://ui.example');
});

test('the token does not stay in the address', () => {
  assert.equal(withoutToken(new URL('https://ui.example/a?session_token=t&lang=fr#x')), '/a?lang=fr#x');
});

test('only the parent gives a token, and of it only the first origin that spoke', () => {
  const [parent, stranger] = [{}, {}];
  const guard = new ParentGuard();
  assert.equal(guard.accepts(stranger, parent, 'https://a'), false);
  assert.equal(guard.accepts(parent, parent, 'https://a'), true);
  assert.equal(guard.accepts(parent, parent, 'https://b'), false);
  assert.equal(guard.accepts(parent, parent, 'https://a'), true);
  assert.equal(tokenOf({ type: 'session_token', sessionToken: 't' }), 't');
  for (const bad of [null, 't', { type: 'other', sessionToken: 't' }, { type: 'session_token', sessionToken: 1 }])
    assert.equal(tokenOf(bad), undefined);
});

test('the WebSocket is at the API, secure where the API is', () => {
  assert.equal(socketUrl('https://api.example/base', '/'), 'wss://api.example/');
  assert.equal(socketUrl('http://localhost:3003', undefined), 'ws://localhost:3003/');
});

test('the theme follows the parameter, then the setting, then the system', () => {
  const settings = { defaultTheme: 'dark' } as never;
  assert.equal(themeOf('light', settings, true), 'light');
  assert.equal(themeOf(null, settings, false), 'dark');
  assert.equal(themeOf('system', settings, false), 'light');
  assert.equal(themeOf('nonsense', undefined, true), 'dark');
});

test('text on a colour is the one that can be read', () => {
  assert.equal(textOn([0, 178, 227]), '#000000');
  assert.equal(textOn([20, 40, 120]), '#ffffff');
});

test('ids are UUIDs of version 4 and differ', () => {
  assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(uuid(), uuid());
});
