// The connections that the end user has: authorize one again, end one, add another.

import type { Store } from '../store';
import type { OwnConnection } from '../types';
import { Logo, TopBar } from './parts';

export function Own({ store, connections }: { store: Store; connections: OwnConnection[] }) {
  const { t } = store;
  return (
    <>
      <TopBar store={store} />
      <div class="body">
        <h1 id="title">{t('own.title')}</h1>
        <ul class="list">
          {connections.map((connection) => (
            <li key={`${connection.provider_config_key}/${connection.connection_id}`} class="row is-own">
              <Connection store={store} connection={connection} />
            </li>
          ))}
        </ul>
        {store.own.hasFailed.value && (
          <p class="problem" role="alert">
            {t('fatal.unknown.title')}. {t('fatal.unknown.about')}
          </p>
        )}
      </div>
      <div class="actions">
        <button type="button" class="button" data-autofocus onClick={() => void store.addAccount()}>
          {t('list.title')}
        </button>
      </div>
    </>
  );
}

function Connection({ store, connection }: { store: Store; connection: OwnConnection }) {
  const { t } = store;
  const integration = store.own.integrationOf(connection);
  const name = integration?.display_name ?? connection.provider_config_key;
  const date = new Date(connection.created_at).toLocaleDateString(store.language);
  const again = t('form.submit.reconnect');
  const end = t('own.disconnect');
  return (
    <>
      <Logo src={integration?.logo ?? ''} name={name} />
      <span class="name">
        {name}
        <small class={connection.needs_reconnect ? 'problem' : undefined}>
          {connection.needs_reconnect ? t('own.broken') : t('own.since', { date })}
        </small>
      </span>
      <span class="links">
        <button
          type="button"
          class="link"
          aria-label={`${again}: ${name}`}
          disabled={store.isBusy.value}
          onClick={() => void store.own.reconnect(connection)}
        >
          {again}
        </button>
        <button
          type="button"
          class="link"
          aria-label={`${end}: ${name}`}
          disabled={store.isBusy.value}
          onClick={() => void store.own.disconnect(connection, name)}
        >
          {end}
        </button>
      </span>
    </>
  );
}
