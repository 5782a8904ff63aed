import { z } from 'zod';
import { fetchJson } from './fetch-json.ts';

const Metadata = z.object({
  issuer: z.string(),
  jwks_uri: z.url(),
  introspection_endpoint: z.url().optional(),
});
export type IssuerMetadata = z.infer<typeof Metadata>;

/**
 * What the issuer says of itself: OpenID Connect Discovery 1.0 section 4, else RFC 8414 section 3. The document must name
 * the very issuer asked for, and what it points to must be reached over https or be at the issuer's own origin. Fails with
 * a plain Error naming the address.
 */
export async function discoverIssuer(issuer: string, timeoutMs: number): Promise<IssuerMetadata> {
  const metadata = Metadata.parse(await firstReadable(metadataUrls(issuer), timeoutMs));
  if (metadata.issuer !== issuer) {
    throw new Error(`the metadata of issuer ${issuer} names another issuer: ${metadata.issuer}`);
  }
  refuseUnprotected(issuer, metadata.jwks_uri);
  if (metadata.introspection_endpoint !== undefined) refuseUnprotected(issuer, metadata.introspection_endpoint);
  return metadata;
}

function refuseUnprotected(issuer: string, address: string): void {
  const { protocol, origin } = new URL(address);
  if (protocol === 'https:' || origin === new URL(issuer).origin) return;
  throw new Error(`${address} is neither https nor at the origin of its issuer ${issuer}`);
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
      return await fetchJson(url, { timeoutMs });
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `no metadata document could be read: ${failures.map(messageOf).join('; ')}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
