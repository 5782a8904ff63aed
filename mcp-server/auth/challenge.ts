import type { Scope } from '../../shared/domain/principal.ts';

/** `WWW-Authenticate` of a 401 (RFC 6750 section 3; RFC 9728 section 5.1). Without credentials it carries no error. */
export function unauthorizedChallenge(metadataUrl: string, withCredentials: boolean): string {
  return bearer({
    ...(withCredentials ? { error: 'invalid_token' } : {}),
    scope: 'fleet:read',
    resource_metadata: metadataUrl,
  });
}

/**
 * `WWW-Authenticate` of a 403 for a missing scope. It names the scopes already held too, because a client replaces its
 * grant by what it is asked for.
 */
export function scopeChallenge(metadataUrl: string, held: readonly Scope[], needed: Scope): string {
  return bearer({
    error: 'insufficient_scope',
    scope: [...new Set([...held, needed])].join(' '),
    resource_metadata: metadataUrl,
  });
}

function bearer(parameters: Record<string, string>): string {
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '')}"`);
  return `Bearer ${list.join(', ')}`;
}
