// What the API answers, as far as this page reads it.

export interface FieldSchema {
  type?: string;
  title?: string;
  description?: string;
  example?: string;
  pattern?: string;
  format?: string;
  enum?: string[];
  optional?: boolean;
  default_value?: string;
  hidden?: boolean;
  prefix?: string;
  suffix?: string;
  order?: number;
  secret?: boolean;
  automated?: boolean;
  doc_section?: string;
}

export type Schemas = Record<string, FieldSchema>;

export interface Provider {
  name: string;
  display_name: string;
  logo_url: string;
  auth_mode: string;
  installation?: string;
  docs_connect?: string;
  require_client_certificate?: boolean;
  token_request_auth_method?: string;
  credentials?: Schemas;
  connection_config?: Schemas;
  assertion_option?: Schemas;
  integration_config?: Schemas;
}

export interface Integration {
  unique_key: string;
  provider: string;
  display_name: string;
  logo: string;
  credentials_label?: { apiKey?: string };
  preconfigured_credentials?: string[];
}

export interface Theme {
  light: { primary: string };
  dark: { primary: string };
}

export interface Settings {
  showWatermark: boolean;
  defaultTheme: 'light' | 'dark' | 'system';
  theme: Theme;
}

export interface Session {
  endUser: { id: string; display_name: string | null; email: string | null } | null;
  connectUISettings: Settings;
  allowed_integrations?: string[];
  integrations_config_defaults?: Record<
    string,
    { connection_config?: Record<string, unknown>; authorization_params?: Record<string, string> }
  >;
  isReconnecting?: boolean;
  managesConnections?: boolean;
  overrides?: Record<string, { docs_connect?: string }>;
  websocketsPath?: string;
}

/** A connection that the end user has. */
export interface OwnConnection {
  connection_id: string;
  provider_config_key: string;
  needs_reconnect: boolean;
  created_at: string;
}

/** A connection that was made. */
export interface Connected {
  providerConfigKey: string;
  connectionId: string;
  isPending: boolean;
}

/** Why none was made: `type` is for programs, `message` for people. */
export class ConnectError extends Error {
  constructor(
    readonly type: string,
    message: string,
    /** HTTP status, or 0 when no answer came. */
    readonly status = 0,
    /** By which the server's log names the request. */
    readonly reference = '',
  ) {
    super(message);
  }
}

export function isExpired(error: unknown): boolean {
  return error instanceof ConnectError && (error.status === 401 || error.type.endsWith('connect_session_token'));
}
