/** The embedded identity provider as a process: configured by the environment, stopped by SIGTERM. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { serveIdentityProvider } from './server.ts';
import { ensureProviderKeys } from './signing-keys.ts';

const Settings = z.object({
  CONVOY_IDP_PORT: z.coerce.number().int().min(0).max(65_535),
  CONVOY_IDP_KEYS_FILE: z.string().min(1),
  CONVOY_PUBLIC_URL: z.url(),
  CONVOY_APPROVAL_URL: z.url(),
  CONVOY_COOKIE_SECRET_FILE: z.string().min(1),
});

const settings = Settings.parse(process.env);
const identityProvider = await serveIdentityProvider({
  port: settings.CONVOY_IDP_PORT,
  publicUrl: settings.CONVOY_PUBLIC_URL,
  approvalUrl: settings.CONVOY_APPROVAL_URL,
  jwks: await ensureProviderKeys(settings.CONVOY_IDP_KEYS_FILE),
  cookieSecret: (await readFile(settings.CONVOY_COOKIE_SECRET_FILE, 'utf8')).trim(),
});
console.log(JSON.stringify({ msg: 'identity provider ready', issuer: identityProvider.issuer }));

process.once('SIGTERM', () => void identityProvider.close());
