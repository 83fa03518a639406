// Small parts that several screens use.

import { useState } from 'preact/hooks';
import type { FormScreen, Store } from '../store';

/** A provider's picture, or its first letter where there is none. */
export function Logo({ src, name, size = 'small' }: { src: string; name: string; size?: 'small' | 'large' }) {
  const [isBroken, setBroken] = useState(false);
  if (isBroken || !src)
    return (
      <span class={`logo is-letter is-${size}`} aria-hidden="true">
        {[...name][0]?.toUpperCase()}
      </span>
    );
  return <img class={`logo is-${size}`} src={src} alt="" onError={() => setBroken(true)} />;
}

/** The row at the top: back, close. */
export function TopBar({ store, onBack }: { store: Store; onBack?: (() => void) | undefined }) {
  return (
    <div class="topbar">
      {onBack && (
        <button type="button" class="icon" aria-label={store.t('back')} title={store.t('back')} onClick={onBack}>
          <Icon path="M15 5l-7 7 7 7" />
        </button>
      )}
      <span class="spring" />
      {store.place.isFramed && (
        <button
          type="button"
          class="icon"
          aria-label={store.t('close')}
          title={store.t('close')}
          onClick={() => store.close('click:close')}
        >
          <Icon path="M6 6l12 12M18 6L6 18" />
        </button>
      )}
    </div>
  );
}

/** A drawing of one line. */
export function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" class="drawing">
      <path d={path} />
    </svg>
  );
}

/** Where the application, or else the provider, explains how to connect. */
export function docsOf(store: Store, { integration, provider }: FormScreen): string | undefined {
  const override = store.session.value?.overrides?.[integration.unique_key]?.docs_connect;
  return safeLink(override ?? provider.docs_connect);
}

export function DocsLink({ store, form }: { store: Store; form: FormScreen }) {
  const docs = docsOf(store, form);
  if (!docs) return null;
  const report = () => store.reportDocs('click:doc', form.integration.unique_key);
  return (
    <p>
      <a class="link" href={docs} target="_blank" rel="noopener noreferrer" onClick={report}>
        {store.t('form.docs')}
      </a>
    </p>
  );
}

/** Only to web pages: an address of another kind could run something. */
export function safeLink(address: string | undefined): string | undefined {
  return address && /^https?:\/\//.test(address) ? address : undefined;
}
