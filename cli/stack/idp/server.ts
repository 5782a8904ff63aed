import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWKS } from 'oidc-provider';
import { createProvider, type Introspection } from './provider.ts';

/** A listening identity provider. */
export interface IdentityProvider {
  issuer: string;
  close(): Promise<void>;
}

/**
 * Starts the provider in this process on 127.0.0.1. Port 0 takes a free one; the issuer is
 * `http://127.0.0.1:<port>` either way.
 */
export async function serveIdentityProvider(options: {
  port: number;
  publicUrl: string;
  approvalUrl: string;
  jwks: JWKS;
  cookieSecret: string;
  anyLoopbackPort?: boolean;
  fetchDocument?: typeof fetch;
  introspection?: Introspection;
  /** Whether a request is dealt with otherwise, such as left without an answer. Default: none is. For tests. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
}): Promise<IdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const handle = createProvider({ ...options, issuer }).callback();
  server.on('request', (request, response) => {
    if (options.intercept?.(request, response) !== true) void handle(request, response);
  });
  return {
    issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
