import { z } from 'zod';
import { fetchJson } from './fetch-json.ts';

const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Where the issuer publishes its keys: OpenID Connect Discovery 1.0 section 4, else RFC 8414 section 3. The document must
 * name the very issuer asked for, and the keys must come over https or from the issuer's own origin.
 */
export async function discoverJwksUri(issuer: string, timeoutMs: number): Promise<string> {
  const document = await firstReadable(metadataUrls(issuer), timeoutMs);
  const metadata = Metadata.parse(document);
  if (metadata.issuer !== issuer) {
    throw new Error(`the metadata of issuer ${issuer} names another issuer: ${metadata.issuer}`);
  }
  const keys = new URL(metadata.jwks_uri);
  if (keys.protocol !== 'https:' && keys.origin !== new URL(issuer).origin) {
    throw new Error(`the issuer's keys would come unprotected from another origin: ${metadata.jwks_uri}`);
  }
  return keys.href;
}

function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

async function firstReadable(urls: string[], timeoutMs: number): Promise<unknown> {
  const failures: unknown[] = [];
  for (const url of urls) {
    try {
      return await fetchJson(url, timeoutMs);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `no metadata document could be read: ${failures.map(messageOf).join('; ')}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
