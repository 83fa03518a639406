// The services that may be connected.

import { useState } from 'preact/hooks';
import type { Store } from '../store';
import { Icon, Logo, TopBar } from './parts';

const SEARCH_FROM = 9;

export function List({ store }: { store: Store }) {
  const { t } = store;
  const [search, setSearch] = useState('');
  const all = store.integrations.value;
  const words = search.trim().toLocaleLowerCase();
  const shown = all.filter(({ display_name, provider }) => `${display_name} ${provider}`.toLocaleLowerCase().includes(words));
  const isEmpty = all.length === 0;
  return (
    <>
      <TopBar store={store} onBack={store.own.isManaging ? () => void store.own.show() : undefined} />
      <div class="body">
        <h1 id="title">{t(isEmpty ? 'list.empty.title' : 'list.title')}</h1>
        <p>{t(isEmpty ? 'list.empty.about' : 'list.about')}</p>
        {all.length >= SEARCH_FROM && (
          <input
            type="search"
            class="search"
            aria-label={t('list.search')}
            placeholder={t('list.search')}
            value={search}
            data-autofocus
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {shown.length === 0 && !isEmpty && <p role="status">{t('list.none')}</p>}
        <ul class="list">
          {shown.map((integration) => (
            <li key={integration.unique_key}>
              <button
                type="button"
                class="row"
                aria-busy={store.opening.value === integration.unique_key}
                onClick={() => void store.openForm(integration)}
              >
                <Logo src={integration.logo} name={integration.display_name} />
                <span class="name">{integration.display_name}</span>
                <Icon path="M9 5l7 7-7 7" />
              </button>
              {store.listError.value === integration.unique_key && (
                <p class="problem" role="alert">
                  {t('fatal.unknown.title')}{' '}
                  <button type="button" class="link" onClick={() => void store.openForm(integration)}>
                    {t('retry')}
                  </button>
                </p>
              )}
            </li>
          ))}
        </ul>
      </div>
      {isEmpty && store.place.isFramed && (
        <div class="actions">
          <button type="button" class="button" onClick={() => store.close('click:close')}>
            {t('close')}
          </button>
        </div>
      )}
    </>
  );
}
