// The dialog around every screen: focus, keys, backdrop.

import { useEffect, useRef } from 'preact/hooks';
import type { Store } from '../store';
import { Ending } from './ending';
import { Fatal } from './fatal';
import { Form } from './form';
import { List } from './list';
import { Own } from './own';
import { Waiting } from './waiting';

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea, summary';

export function App({ store }: { store: Store }) {
  const dialog = useRef<HTMLDivElement>(null);
  const screen = store.screen.value;
  useEffect(() => {
    const first = dialog.current?.querySelector<HTMLElement>('[data-autofocus]');
    (first ?? dialog.current)?.focus();
  }, [screen]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && store.place.isFramed) store.close('click:close');
      if (event.key === 'Tab' && dialog.current) keepFocus(event, dialog.current);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [store]);
  const isOwnTab = !store.place.isFramed;
  return (
    <div
      class={`ground ${store.place.isEmbedded ? 'is-embedded' : ''} ${isOwnTab ? 'is-tab' : ''}`}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget && !isOwnTab) store.close('click:outside');
      }}
    >
      <div class="dialog" role="dialog" aria-modal="true" aria-labelledby="title" tabIndex={-1} ref={dialog}>
        <Current store={store} />
        {store.session.value?.connectUISettings.showWatermark && <p class="watermark">{store.t('watermark')}</p>}
      </div>
    </div>
  );
}

function Current({ store }: { store: Store }) {
  const screen = store.screen.value;
  switch (screen.kind) {
    case 'waiting':
      return <Waiting store={store} />;
    case 'fatal':
      return <Fatal store={store} screen={screen} />;
    case 'list':
      return <List store={store} />;
    case 'own':
      return <Own store={store} connections={screen.connections} />;
    case 'form':
      return <Form key={screen.integration.unique_key} store={store} form={screen} />;
    case 'success':
    case 'failure':
      return <Ending store={store} screen={screen} />;
  }
}

/** Tab stays inside the dialog. */
function keepFocus(event: KeyboardEvent, dialog: HTMLElement): void {
  const all = [...dialog.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.offsetParent);
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return;
  const isInside = dialog.contains(document.activeElement);
  if (event.shiftKey && (document.activeElement === first || document.activeElement === dialog)) {
    event.preventDefault();
    last.focus();
  } else if (!isInside || (!event.shiftKey && document.activeElement === last)) {
    event.preventDefault();
    first.focus();
  }
}
