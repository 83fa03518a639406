// Where the page is: its parameters, the page around it, and the token it is given.

/** The page's parameters. */
export interface Place {
  apiUrl: string;
  token: string | null;
  lang: string | null;
  theme: string | null;
  detectClosedWindow: boolean;
  isEmbedded: boolean;
  isPreview: boolean;
  isFramed: boolean;
}

/** Reads the address; what the page may not keep is taken out of it by the caller. */
export function placeOf(address: URL, isFramed: boolean, ownApi: string): Place {
  const query = address.searchParams;
  const flag = (name: string) => ['true', '1', ''].includes(query.get(name) ?? 'false');
  return {
    apiUrl: (query.get('apiURL') || ownApi || address.origin).replace(/\/+$/, ''),
    token: query.get('session_token'),
    lang: query.get('lang'),
    theme: query.get('theme'),
    detectClosedWindow: flag('detectClosedAuthWindow'),
    isEmbedded: flag('embedded'),
    isPreview: flag('preview'),
    isFramed,
  };
}

/** The address without the token, which must not stay in the history. */
export function withoutToken(address: URL): string {
  const clean = new URL(address);
  clean.searchParams.delete('session_token');
  return `${clean.pathname}${clean.search}${clean.hash}`;
}

/** Decides whose messages count: the parent's, and of it only the first origin that spoke. */
export class ParentGuard {
  private origin: string | undefined;

  accepts(source: unknown, parent: unknown, origin: string): boolean {
    if (source !== parent) return false;
    this.origin ??= origin;
    return this.origin === origin;
  }
}

/** The token in a message of the parent, if it is one. */
export function tokenOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, sessionToken } = data as { type?: unknown; sessionToken?: unknown };
  return type === 'session_token' && typeof sessionToken === 'string' ? sessionToken : undefined;
}

/** The address of the WebSocket on which a window's end is told. */
export function socketUrl(apiUrl: string, path: string | undefined): string {
  const url = new URL(path || '/', apiUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.toString();
}
