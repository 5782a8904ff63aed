import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Processes } from './processes.ts';
import { httpOk, waitUntilReady } from './readiness.ts';

/** A running embedded identity provider process. */
export interface IdentityProviderProcess {
  pid: number;
  issuer: string;
}

const program = fileURLToPath(new URL('./idp/main.ts', import.meta.url));

/** Starts the embedded identity provider as a child process on 127.0.0.1. */
export async function startIdentityProvider(options: {
  processes: Processes;
  keysDir: string;
  port: number;
  publicUrl: string;
  approvalUrl: string;
  cookieSecretFile: string;
}): Promise<IdentityProviderProcess> {
  const child = await options.processes.start({
    name: 'identity-provider',
    command: process.execPath,
    args: [program],
    isOurs: true,
    graceMs: 3_000,
    env: {
      CONVOY_IDP_PORT: String(options.port),
      CONVOY_IDP_KEYS_FILE: path.join(options.keysDir, 'identity-provider.json'),
      CONVOY_PUBLIC_URL: options.publicUrl,
      CONVOY_APPROVAL_URL: options.approvalUrl,
      CONVOY_COOKIE_SECRET_FILE: options.cookieSecretFile,
    },
  });
  const issuer = `http://127.0.0.1:${options.port}`;
  await waitUntilReady(child, httpOk(`${issuer}/.well-known/openid-configuration`));
  return { pid: child.pid, issuer };
}
