import { createSecureContext, type SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { TlsTrust } from '../../shared/domain/device.ts';

/** Authorities whose context is kept. A fleet has a few of them. */
const AUTHORITIES = 50;

let ofPins: SecureContext | undefined;
const ofAuthorities = new LRUCache<string, SecureContext>({ max: AUTHORITIES });

/**
 * What connections to routers trusted in this way are made with; all that trust the same share it, because to make one costs
 * as much as the handshake, and its memory lies outside of the heap until a large collection. It holds no session, and
 * nothing of a router. Throws when the authority's certificate cannot be read.
 */
export function trustContext(tls: Exclude<TlsTrust, { mode: 'plaintext' }>): SecureContext {
  if (tls.mode === 'pinned') return (ofPins ??= createSecureContext());
  const known = ofAuthorities.get(tls.caPem);
  if (known) return known;
  const made = createSecureContext({ ca: tls.caPem });
  ofAuthorities.set(tls.caPem, made);
  return made;
}
