import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { signInAt } from '../../../cli/stack/login-as.ts';

/** A client's memory of one person's sign-in, and that person with a browser. Both official SDKs use it as it is. */
export interface PersonClient extends OAuthClientProvider {
  /** Where the person was sent, oldest first. */
  readonly sentTo: URL[];
  /** What came back from the sign-in, for `finishAuth`. */
  answer(): Promise<URLSearchParams>;
  stored: { client?: OAuthClientInformationMixed; tokens?: OAuthTokens };
}

export interface PersonClientOptions {
  user: string;
  redirectUri: string;
  name: string;
  /** The client's metadata document (CIMD). Default: none. */
  metadataUrl?: string;
  /** A client id that is known to the provider. Default: the client registers itself. */
  clientId?: string;
}

export function createPersonClient(options: PersonClientOptions): PersonClient {
  const sentTo: URL[] = [];
  const stored: PersonClient['stored'] =
    options.clientId === undefined ? {} : { client: { client_id: options.clientId } };
  let verifier = '';
  let discovered: OAuthDiscoveryState | undefined;
  let answer: Promise<URL> | null = null;
  const metadata: OAuthClientMetadata = {
    client_name: options.name,
    redirect_uris: [options.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  return {
    sentTo,
    stored,
    redirectUrl: options.redirectUri,
    ...(options.metadataUrl === undefined ? {} : { clientMetadataUrl: options.metadataUrl }),
    clientMetadata: metadata,
    state: () => 'the-state',
    clientInformation: () => stored.client,
    saveClientInformation(client) {
      stored.client = client;
    },
    tokens: () => stored.tokens,
    saveTokens(tokens) {
      stored.tokens = tokens;
    },
    saveCodeVerifier(next) {
      verifier = next;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState(state) {
      discovered = state;
    },
    discoveryState: () => discovered,
    redirectToAuthorization(address) {
      sentTo.push(address);
      answer = signInAt(address, options.redirectUri, { user: options.user });
    },
    async answer() {
      if (answer === null) throw new Error('the person was sent nowhere');
      return (await answer).searchParams;
    },
  };
}
