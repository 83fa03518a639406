// Calls of the API with the session's token.

import {
  ConnectError,
  type Connected,
  type Integration,
  type OwnConnection,
  type Provider,
  type Session,
} from './types';

export class Api {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  session(): Promise<Session> {
    return this.get<Session>('/connect/session');
  }

  integrations(): Promise<Integration[]> {
    return this.get<Integration[]>('/integrations');
  }

  provider(name: string, lang: string): Promise<Provider> {
    return this.get<Provider>(`/providers/${encodeURIComponent(name)}`, { 'accept-language': lang });
  }

  /** What the end user has connected. */
  own(): Promise<OwnConnection[]> {
    return this.get<OwnConnection[]>('/connect/connections');
  }

  /** Ends one of the end user's connections. */
  async disconnect(connection: OwnConnection): Promise<void> {
    await this.call(pathOf(connection), { method: 'DELETE', headers: this.authorization });
  }

  /** Calls under a session in which one of them is authorized again. */
  async reconnect(connection: OwnConnection): Promise<Api> {
    const init = { method: 'POST', headers: this.authorization };
    const answer = await this.call<{ data: { token: string } }>(pathOf(connection, '/reconnect'), init);
    return new Api(this.url, answer.data.token);
  }

  /** How a window ended that could not be waited for on a WebSocket. */
  status(page: string): Promise<PopupStatus> {
    return this.get<PopupStatus>(`/connect/session/status?ws_client_id=${page}`);
  }

  /** Connects an account at once. */
  async connect(path: string, query: string, body: unknown): Promise<Connected> {
    const init: RequestInit = { method: 'POST', headers: { 'content-type': 'application/json' } };
    if (body !== undefined) init.body = JSON.stringify(body);
    const answer = await this.call<{ connectionId: string; providerConfigKey: string }>(`${path}?${query}`, init);
    return { ...answer, isPending: false };
  }

  /** Reports what happened; it is nobody's loss when it does not arrive. */
  report(event: string, integration?: string): void {
    const body = {
      token: this.token,
      event,
      timestamp: new Date().toISOString(),
      ...(integration ? { dimensions: { integration } } : {}),
    };
    const headers = { 'content-type': 'application/json' };
    fetch(`${this.url}/connect/telemetry`, {
      method: 'POST',
      keepalive: true,
      headers,
      body: JSON.stringify(body),
    }).catch(() => undefined);
  }

  private get authorization() {
    return { authorization: `Bearer ${this.token}` };
  }

  private async get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const answer = await this.call<{ data: T }>(path, { headers: { ...headers, ...this.authorization } });
    return answer.data;
  }

  private async call<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`${this.url}${path}`, { ...init, referrerPolicy: 'no-referrer' });
    } catch {
      throw new ConnectError('unknown_error', `No answer from ${new URL(this.url).origin}`);
    }
    const reference = response.headers.get('x-request-id') ?? '';
    const answer = await response.json().catch(() => undefined);
    if (response.ok && answer && !answer.error) return answer as T;
    const { code = 'unknown_error', message, errors } = answer?.error ?? {};
    const first = errors?.[0];
    const told = message ?? (first ? `${first.path?.join('.') ?? ''}: ${first.message}` : `Status ${response.status}`);
    throw new ConnectError(code, told, response.status, reference);
  }
}

function pathOf({ connection_id, provider_config_key }: OwnConnection, step = ''): string {
  const query = new URLSearchParams({ provider_config_key });
  return `/connect/connections/${encodeURIComponent(connection_id)}${step}?${query}`;
}

export interface PopupStatus {
  status: 'pending' | 'success' | 'error';
  provider_config_key?: string;
  connection_id?: string;
  is_pending?: boolean;
  error_type?: string;
  error_desc?: string;
}
