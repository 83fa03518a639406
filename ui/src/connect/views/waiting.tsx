// Nothing is known yet: the shape of the list.

import type { Store } from '../store';
import { TopBar } from './parts';

export function Waiting({ store }: { store: Store }) {
  return (
    <>
      <TopBar store={store} />
      <div class="body" aria-busy="true">
        <h1 id="title" class="visually-hidden">
          {store.t('loading')}
        </h1>
        <div class="bone is-title" />
        <div class="bone" />
        <div class="bone" />
        <div class="bone" />
      </div>
    </>
  );
}
