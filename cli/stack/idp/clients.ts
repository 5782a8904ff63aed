import type { ClientMetadata } from 'oidc-provider';

/** Clients that belong to Convoy and serve people, not models: every scope, and no consent page for those with a place of their own. */
const FIRST_PARTY: ReadonlySet<string> = new Set(['convoy-cli', 'convoy-gateway', 'convoy-console']);

/** Whether a client is one of Convoy's own, which only the provider's own table can make it. */
export function isFirstParty(clientId: string): boolean {
  return FIRST_PARTY.has(clientId);
}

/** Whether it is a program on the person's own machine, which cannot prove that it is what it says. */
export function isNative(clientId: string): boolean {
  return clientId === 'convoy-cli';
}

/**
 * The pre-registered clients, all public with PKCE. `anyLoopbackPort` is for tests, whose servers listen on ports not
 * known when the provider starts: native clients may use any port of a loopback redirect (RFC 8252, section 7.3).
 */
export function embeddedClients(options: {
  publicUrl: string;
  approvalUrl: string;
  anyLoopbackPort: boolean;
}): ClientMetadata[] {
  const atServer = (clientId: string, name: string, url: string): ClientMetadata => {
    const origin = options.anyLoopbackPort ? 'http://127.0.0.1' : new URL(url).origin;
    return {
      ...publicClient(clientId, name, ['authorization_code', 'refresh_token']),
      application_type: options.anyLoopbackPort ? 'native' : 'web',
      redirect_uris: [`${origin}/oauth/callback`],
      post_logout_redirect_uris: [`${origin}/`],
    };
  };
  const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
  return [
    {
      ...publicClient('convoy-cli', 'Convoy command line', ['authorization_code', 'refresh_token', deviceGrant]),
      application_type: 'native',
      redirect_uris: loopback('/callback'),
    },
    atServer('convoy-gateway', 'Convoy approval gateway', options.approvalUrl),
    atServer('convoy-console', 'Convoy console', options.publicUrl),
    {
      ...publicClient('convoy-mcp', 'MCP client', ['authorization_code', 'refresh_token']),
      application_type: 'native',
      redirect_uris: [...loopback('/callback'), ...loopback('/oauth/callback'), ...loopback('/')],
    },
  ];
}

/** A client that asks what tokens are, and gets none itself. */
export function lookingUp({ clientId, clientSecret }: { clientId: string; clientSecret: string }): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: [],
    response_types: [],
    redirect_uris: [],
  };
}

function publicClient(clientId: string, name: string, grants: string[]): ClientMetadata {
  return {
    client_id: clientId,
    client_name: name,
    token_endpoint_auth_method: 'none',
    grant_types: grants,
    response_types: ['code'],
  };
}

function loopback(path: string): string[] {
  return [`http://127.0.0.1${path}`, `http://localhost${path}`];
}
