// The Connect UI: a page on which an end user connects accounts, in a frame of the application or on its own.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { ParentGuard, placeOf, tokenOf, withoutToken } from './place';
import { Store } from './store';
import { applyTheme, themeOf } from './theme';
import { App } from './views/app';

const ownApi = document.querySelector<HTMLMetaElement>('meta[name=bowline-api]')?.content ?? '';
const address = new URL(window.location.href);
const place = placeOf(address, window.parent !== window, ownApi);
if (place.token) window.history.replaceState(null, '', withoutToken(address));

const store = new Store(place);
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
document.documentElement.lang = store.language;

effect(() => {
  const settings = store.session.value?.connectUISettings;
  applyTheme(themeOf(place.theme, settings, systemIsDark.matches), settings);
});

const guard = new ParentGuard();
window.addEventListener('message', ({ source, origin, data }) => {
  const token = tokenOf(data);
  if (token && place.isFramed && guard.accepts(source, window.parent, origin)) void store.start(token);
});

const root = document.querySelector('#app');
if (root) render(<App store={store} />, root);
store.begin();
