// What the end user has connected: shown, authorized again, ended, where the session lets them.

import { signal } from '@preact/signals';
import type { Api } from './api';
import type { Store } from './store';
import { type Integration, type OwnConnection, type Session, isExpired } from './types';

export class OwnConnections {
  readonly hasFailed = signal(false);
  /** Whose calls manage connections, while another session authorizes one again. */
  private manager: { api: Api; session: Session } | undefined;

  constructor(private readonly store: Store) {}

  /** Whether the user manages connections, to which every screen then leads back. */
  get isManaging(): boolean {
    return (this.manager?.session ?? this.store.session.value)?.managesConnections === true;
  }

  /** What the user has connected; without any, what may be. */
  async show(): Promise<void> {
    const { store } = this;
    store.stopAttempt();
    if (this.manager) {
      store.api = this.manager.api;
      store.session.value = this.manager.session;
      this.manager = undefined;
    }
    this.hasFailed.value = false;
    try {
      const connections = (await store.api?.own()) ?? [];
      if (connections.length > 0) store.screen.value = { kind: 'own', connections };
      else await store.addAccount();
    } catch (error) {
      store.giveUp(error);
    }
  }

  /** Authorizes a connection again, in a session of its own. */
  async reconnect(connection: OwnConnection): Promise<void> {
    const { store } = this;
    const integration = this.integrationOf(connection);
    const [api, session] = [store.api, store.session.value];
    if (!api || !session || !integration) return;
    await this.step(async () => {
      const again = await api.reconnect(connection);
      store.session.value = await again.session();
      store.api = again;
      this.manager = { api, session };
      await store.openForm(integration);
    });
  }

  /** Ends a connection, after asking. */
  async disconnect(connection: OwnConnection, name: string): Promise<void> {
    if (!window.confirm(this.store.t('own.confirm', { name }))) return;
    await this.step(async () => {
      await this.store.api?.disconnect(connection);
      await this.show();
    });
  }

  integrationOf(connection: OwnConnection): Integration | undefined {
    const all = this.store.integrations.value;
    return all.find(({ unique_key }) => unique_key === connection.provider_config_key);
  }

  private async step(run: () => Promise<void>): Promise<void> {
    this.store.isBusy.value = true;
    this.hasFailed.value = false;
    try {
      await run();
    } catch (error) {
      if (isExpired(error)) this.store.giveUp(error);
      else this.hasFailed.value = true;
    } finally {
      this.store.isBusy.value = false;
    }
  }
}
