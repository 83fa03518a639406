// What the page shows and does: one state, and the steps between its screens.

import { signal } from '@preact/signals';
import { Api } from './api';
import {
  type Field,
  type Submission,
  directCall,
  fieldsOf,
  popupQuery,
  problemOf,
  queryOf,
  usesPopup,
} from './form';
import { languageOf, translator } from './i18n';
import { OwnConnections } from './own';
import type { Place } from './place';
import { connectInWindow, openWindow } from './popup';
import {
  ConnectError,
  type Connected,
  type Integration,
  type OwnConnection,
  type Provider,
  type Session,
  isExpired,
} from './types';
import { uuid } from './uuid';

export interface FormScreen {
  kind: 'form';
  integration: Integration;
  provider: Provider;
  fields: Field[];
  /** Shown to the user of a role at AWS, whose trust policy must name it. */
  externalId?: string;
}

export type Screen =
  | { kind: 'waiting' }
  | { kind: 'fatal'; reason: 'expired' | 'direct' | 'unknown'; reference?: string }
  | { kind: 'list' }
  | { kind: 'own'; connections: OwnConnection[] }
  | FormScreen
  | { kind: 'success'; form: FormScreen; connected: Connected }
  | { kind: 'failure'; form: FormScreen; error: ConnectError };

/** Why an attempt was given up: another follows at once. */
const ANEW = 'anew';

/** What the form says above its button. */
export type Notice = 'popup.blocked' | 'popup.closed' | undefined;

/** In a frame a token may come later than the page. */
const TOKEN_LIMIT_MS = 10_000;

export class Store {
  readonly screen = signal<Screen>({ kind: 'waiting' });
  readonly session = signal<Session | undefined>(undefined);
  readonly integrations = signal<Integration[]>([]);
  /** The integration whose form is being fetched. */
  readonly opening = signal<string | undefined>(undefined);
  readonly listError = signal<string | undefined>(undefined);
  readonly isBusy = signal(false);
  readonly notice = signal<Notice>(undefined);
  readonly isDirty = signal(false);
  readonly language: string;
  readonly t;
  /** What the user has connected before. */
  readonly own = new OwnConnections(this);
  api: Api | undefined;
  private attempt: AbortController | undefined;
  private running: Promise<void> | undefined;
  private late: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly place: Place) {
    this.language = languageOf(place.lang, navigator.languages);
    this.t = translator(this.language);
  }

  /** Says hello to the page around this one, and begins if there is a token. */
  begin(): void {
    this.tell({ type: 'ready' });
    if (this.place.token) void this.start(this.place.token);
    else if (!this.place.isFramed) this.screen.value = { kind: 'fatal', reason: 'direct' };
    else this.late = setTimeout(() => (this.screen.value = { kind: 'fatal', reason: 'direct' }), TOKEN_LIMIT_MS);
  }

  /** Reads what the session allows and shows the list, or the only form there is. */
  async start(token: string): Promise<void> {
    clearTimeout(this.late);
    const api = new Api(this.place.apiUrl, token);
    this.api = api;
    this.screen.value = { kind: 'waiting' };
    try {
      const [session, all] = await Promise.all([api.session(), api.integrations()]);
      this.session.value = session;
      const allowed = session.allowed_integrations;
      const shown = all.filter(({ unique_key }) => !allowed || allowed.includes(unique_key));
      this.integrations.value = shown.sort((a, b) => a.display_name.localeCompare(b.display_name, this.language));
      api.report('open');
      if (session.managesConnections) await this.own.show();
      else await this.addAccount();
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** The list of services, or the form of the only one. */
  async addAccount(): Promise<void> {
    const [only] = this.integrations.value;
    if (only && this.integrations.value.length === 1) await this.openForm(only);
    else this.showList();
  }

  showList(): void {
    this.stopAttempt();
    this.screen.value = { kind: 'list' };
    this.api?.report('view:list');
  }

  /** Fetches the provider and shows its form. */
  async openForm(integration: Integration): Promise<void> {
    const { api } = this;
    const session = this.session.value;
    if (!api || !session) return;
    this.opening.value = integration.unique_key;
    this.listError.value = undefined;
    api.report('click:integration', integration.unique_key);
    try {
      const provider = await api.provider(integration.provider, this.language);
      const fields = fieldsOf({ provider, integration, session });
      const asksId = provider.auth_mode === 'AWS_SIGV4' && !session.isReconnecting;
      const preset = fields.some(({ name, value }) => name === 'external_id' && value !== '');
      this.showForm({
        kind: 'form',
        integration,
        provider,
        fields,
        ...(asksId && !preset ? { externalId: uuid() } : {}),
      });
      api.report('view:integration', integration.unique_key);
    } catch (error) {
      if (isExpired(error) || this.integrations.value.length === 1) this.giveUp(error);
      else this.listError.value = integration.unique_key;
    } finally {
      this.opening.value = undefined;
    }
  }

  showForm(form: FormScreen): void {
    this.notice.value = undefined;
    this.isDirty.value = false;
    this.screen.value = form;
  }

  /** Connects the account; a window must be opened within the click, so nothing is awaited before it. */
  async submit(form: FormScreen, submission: Submission): Promise<void> {
    const { api } = this;
    if (!api || this.isBusy.value || this.place.isPreview) return;
    const key = form.integration.unique_key;
    api.report('click:connect', key);
    this.notice.value = undefined;
    if (form.externalId) submission.params.external_id = form.externalId;
    const popup = usesPopup(form.provider) ? openWindow() : undefined;
    if (popup === null) {
      api.report('popup:blocked_by_browser', key);
      this.notice.value = 'popup.blocked';
      this.tellError(new ConnectError('blocked_by_browser', 'The browser blocked the window'));
      return;
    }
    this.running = this.attemptIn(popup, api, form, submission);
    await this.running;
  }

  /** Begins anew in another window, for a user who lost the first; inside a click, as every window. */
  async openAgain(form: FormScreen, submission: Submission): Promise<void> {
    const popup = openWindow();
    if (!popup || !this.api) return;
    this.attempt?.abort(ANEW);
    await this.running;
    this.running = this.attemptIn(popup, this.api, form, submission);
    await this.running;
  }

  private async attemptIn(
    popup: Window | undefined,
    api: Api,
    form: FormScreen,
    submission: Submission,
  ): Promise<void> {
    const key = form.integration.unique_key;
    const attempt = new AbortController();
    this.isBusy.value = true;
    this.attempt = attempt;
    try {
      const connected = popup
        ? await this.connectIn(popup, api, form, submission, attempt.signal)
        : await this.connectAtOnce(api, form, submission);
      api.report('view:success', key);
      const { providerConfigKey, connectionId, isPending } = connected;
      const payload = { providerConfigKey, connectionId, ...(isPending ? { isPending } : {}) };
      this.tell({ type: 'connect', payload });
      this.screen.value = { kind: 'success', form, connected };
    } catch (error) {
      if (attempt.signal.reason !== ANEW) this.failed(form, asConnectError(error));
    } finally {
      this.isBusy.value = false;
      this.attempt = undefined;
    }
  }

  /** Gives up on a window without closing the form. */
  stopAttempt(): void {
    this.attempt?.abort();
  }

  /** Closes the page around this one; asks first if something typed would be lost. */
  close(event: 'click:close' | 'click:outside' | 'click:finish'): void {
    const isDone = this.screen.value.kind === 'success';
    if (this.place.isPreview) return;
    if (!isDone && this.isDirty.value && !window.confirm(this.t('form.dirty'))) return;
    this.stopAttempt();
    this.api?.report(event);
    this.tell({ type: 'close' });
  }

  reportDocs(event: 'click:doc' | 'click:doc_section', key: string): void {
    this.api?.report(event, key);
  }

  private connectIn(
    popup: Window,
    api: Api,
    form: FormScreen,
    submission: Submission,
    signal: AbortSignal,
  ): Promise<Connected> {
    const key = encodeURIComponent(form.integration.unique_key);
    return connectInWindow(popup, {
      api,
      websocketsPath: this.session.value?.websocketsPath,
      address: `/oauth/connect/${key}?${popupQuery(submission, { connect_session_token: api.token })}`,
      detectClosed: this.place.detectClosedWindow,
      signal,
    });
  }

  private connectAtOnce(api: Api, form: FormScreen, submission: Submission): Promise<Connected> {
    const { path, body } = directCall(form.provider, form.integration.unique_key, submission);
    return api.connect(path, queryOf(submission, { connect_session_token: api.token }), body);
  }

  private failed(form: FormScreen, error: ConnectError): void {
    this.tellError(error);
    if (error.type === 'window_closed') {
      this.api?.report('popup:closed_early', form.integration.unique_key);
      this.notice.value = 'popup.closed';
    } else if (isExpired(error)) this.giveUp(error);
    else {
      this.api?.report('view:credentials_error', form.integration.unique_key);
      this.screen.value = { kind: 'failure', form, error };
    }
  }

  giveUp(error: unknown): void {
    const known = asConnectError(error);
    const reason = isExpired(error) ? 'expired' : 'unknown';
    if (reason === 'unknown') this.api?.report('view:unknown_error');
    this.tellError(known);
    this.screen.value = { kind: 'fatal', reason, ...(known.reference ? { reference: known.reference } : {}) };
  }

  private tellError(error: ConnectError): void {
    this.tell({ type: 'error', payload: { errorType: error.type, errorMessage: error.message } });
  }

  /** The page around this one compares origins itself; nothing told is a secret. */
  private tell(message: object): void {
    if (this.place.isFramed) window.parent.postMessage(message, '*');
  }
}

/** A preset that the provider's own rules refuse: the user can do nothing about it. */
export function brokenPreset(form: FormScreen): Field | undefined {
  return form.fields.find((field) => field.isHidden && problemOf(field, field.value) !== undefined);
}


function asConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  return new ConnectError('unknown_error', error instanceof Error ? error.message : String(error));
}
