// How it ended.

import type { Key } from '../i18n';
import type { Screen, Store } from '../store';
import type { ConnectError } from '../types';
import { DocsLink, Icon, Logo, TopBar } from './parts';

export function Ending({ store, screen }: { store: Store; screen: Screen & { kind: 'success' | 'failure' } }) {
  const { t } = store;
  const { integration, provider } = screen.form;
  const name = integration.display_name;
  const isDone = screen.kind === 'success';
  return (
    <>
      <TopBar store={store} onBack={isDone ? undefined : () => store.showForm(screen.form)} />
      <div class="body is-centred" role={isDone ? 'status' : 'alert'}>
        <span class="pair">
          <Logo src={provider.logo_url} name={name} size="large" />
          <span class={`badge ${isDone ? 'is-good' : 'is-bad'}`}>
            <Icon path={isDone ? 'M5 13l4 4L19 7' : 'M7 7l10 10M17 7L7 17'} />
          </span>
        </span>
        <h1 id="title">{t(isDone ? 'success.title' : 'failure.title')}</h1>
        {screen.kind === 'success' ? (
          <p>{t(screen.connected.isPending ? 'success.pending' : 'success.about', { name })}</p>
        ) : (
          <>
            <p>{t(aboutFailure(screen.error), { name })}</p>
            {screen.error.message && (
              <details>
                <summary>{t('failure.details')}</summary>
                <pre>{screen.error.message}</pre>
                {screen.error.reference && <p>{t('fatal.reference', { reference: screen.error.reference })}</p>}
              </details>
            )}
            <DocsLink store={store} form={screen.form} />
          </>
        )}
        {isDone && !store.place.isFramed && <p>{t('success.close')}</p>}
      </div>
      <div class="actions">
        {isDone && store.place.isFramed && (
          <button type="button" class="button" data-autofocus onClick={() => store.close('click:finish')}>
            {t('success.finish')}
          </button>
        )}
        {!isDone && (
          <button type="button" class="button" data-autofocus onClick={() => store.showForm(screen.form)}>
            {t('back')}
          </button>
        )}
      </div>
    </>
  );
}

function aboutFailure({ type }: ConnectError): Key {
  if (type === 'connection_test_failed') return 'failure.test';
  if (type === 'connection_validation_failed') return 'failure.otherAccount';
  return type === 'resource_capped' ? 'failure.capped' : 'failure.about';
}
