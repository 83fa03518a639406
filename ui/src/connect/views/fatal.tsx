// The page can do nothing: no token, an expired session, no answer.

import type { Screen, Store } from '../store';
import { Icon, TopBar } from './parts';

export function Fatal({ store, screen }: { store: Store; screen: Screen & { kind: 'fatal' } }) {
  const { t } = store;
  return (
    <>
      <TopBar store={store} />
      <div class="body is-centred" role="alert">
        <span class="badge is-bad">
          <Icon path="M12 7v6M12 16.5v.5" />
        </span>
        <h1 id="title">{t(`fatal.${screen.reason}.title`)}</h1>
        <p>{t(`fatal.${screen.reason}.about`)}</p>
        {screen.reference && <p class="quiet">{t('fatal.reference', { reference: screen.reference })}</p>}
      </div>
      {store.place.isFramed && (
        <div class="actions">
          <button type="button" class="button" data-autofocus onClick={() => store.close('click:close')}>
            {t('close')}
          </button>
        </div>
      )}
    </>
  );
}
