// A window at the provider: opened in the click, sent on its way when the WebSocket is there, and waited for.

import type { Api, PopupStatus } from './api';
import { socketUrl } from './place';
import { ConnectError, type Connected } from './types';
import { uuid } from './uuid';

const SIZE = { width: 500, height: 700 };
const SOCKET_LIMIT_MS = 3_000;
const POLL_EVERY_MS = 2_000;
const WATCH_EVERY_MS = 500;
/** The result page needs this long to say its last word. */
const LAST_WORD_MS = 500;

export interface PopupOptions {
  api: Api;
  websocketsPath: string | undefined;
  /** Path and query without the page's own id. */
  address: string;
  detectClosed: boolean;
  signal: AbortSignal;
}

/** Opens the window; call it inside a click, or the browser blocks it. `null` when it was blocked. */
export function openWindow(): Window | null {
  const left = window.screenX + (window.outerWidth - SIZE.width) / 2;
  const top = window.screenY + (window.outerHeight - SIZE.height) / 2;
  return window.open('', '_blank', `width=${SIZE.width},height=${SIZE.height},left=${left},top=${top}`);
}

/** Sends the window to the provider and waits for its end. */
export async function connectInWindow(popup: Window, options: PopupOptions): Promise<Connected> {
  const channel = new Channel(options);
  const stopAnswering = answerResultPage(options.api.url);
  try {
    const page = await channel.open();
    popup.location.href = `${options.api.url}${options.address}&ws_client_id=${page}`;
    return await Promise.race([channel.end, closed(popup, options), aborted(options.signal)]);
  } finally {
    channel.close();
    setTimeout(() => {
      stopAnswering();
      popup.close();
    }, LAST_WORD_MS);
  }
}

/** Where the end is told: a WebSocket, or where none can be had, asking for it. */
class Channel {
  readonly end: Promise<Connected>;
  private settle!: (end: Connected) => void;
  private fail!: (error: ConnectError) => void;
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private isOver = false;

  constructor(private readonly options: PopupOptions) {
    this.end = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // Whoever races for it handles it; until then a failure is nobody's.
    this.end.catch(() => undefined);
  }

  /** The id the window must name. */
  async open(): Promise<string> {
    const page = await this.openSocket();
    if (page) return page;
    const own = uuid();
    this.poll(own);
    return own;
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.socket?.close();
  }

  private openSocket(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), SOCKET_LIMIT_MS);
      const give = (page: string | undefined) => {
        clearTimeout(late);
        resolve(page);
      };
      try {
        this.socket = new WebSocket(socketUrl(this.options.api.url, this.options.websocketsPath));
      } catch {
        give(undefined);
        return;
      }
      let page: string | undefined;
      this.socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data));
        if (frame.message_type === 'connection_ack') give((page = frame.ws_client_id));
        else this.told({ ...frame, status: frame.message_type });
      };
      this.socket.onclose = () => {
        give(undefined);
        // A socket that drops on the way: the end is still kept for whoever asks.
        if (page && !this.isOver) this.poll(page);
      };
    });
  }

  private poll(page: string): void {
    if (this.timer) return;
    this.timer = setInterval(() => {
      this.options.api.status(page).then(
        (status) => this.told(status),
        (error: ConnectError) => error.status === 401 && this.fail(error),
      );
    }, POLL_EVERY_MS);
  }

  private told(status: PopupStatus): void {
    if (status.status === 'success') {
      this.settle({
        providerConfigKey: status.provider_config_key ?? '',
        connectionId: status.connection_id ?? '',
        isPending: status.is_pending === true,
      });
    } else if (status.status === 'error') {
      this.fail(new ConnectError(status.error_type ?? 'unknown_error', status.error_desc ?? ''));
    }
  }
}

/** Rejects when the user closes the window before its end, where that can be told from a page that hides it. */
function closed(popup: Window, { detectClosed, signal }: PopupOptions): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setInterval(() => {
      if (signal.aborted) clearInterval(timer);
      if (!detectClosed || !popup.closed) return;
      clearInterval(timer);
      setTimeout(() => reject(new ConnectError('window_closed', '')), LAST_WORD_MS);
    }, WATCH_EVERY_MS);
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new ConnectError('window_closed', '')), { once: true });
  });
}

/** The result page may close as soon as somebody heard it; only the API's own page is answered. */
function answerResultPage(apiUrl: string): () => void {
  const origin = new URL(apiUrl).origin;
  const answer = (event: MessageEvent) => {
    const type = event.data?.type;
    const isResult = type === 'nango_oauth_callback_success' || type === 'nango_oauth_callback_error';
    if (!isResult || event.origin !== origin || event.source === window) return;
    (event.source as Window | null)?.postMessage({ type: 'nango_oauth_callback_ack' }, origin);
  };
  window.addEventListener('message', answer);
  return () => window.removeEventListener('message', answer);
}
