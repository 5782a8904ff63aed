import { z } from 'zod';
import { canonicalIpv6, parseIpv4 } from './ip-text.ts';

/** An IPv4 or IPv6 address in the form RouterOS prints; null when the text is neither. */
export function canonicalAddress(text: string): string | null {
  return parseIpv4(text)?.join('.') ?? canonicalIpv6(text);
}

/** A host name by RFC 1123 in lower case; null when the text is none (a last label of digits only is an address gone wrong). */
export function canonicalHostName(text: string): string | null {
  if (text.length === 0 || text.length > 253) return null;
  const labels = text.split('.');
  if (!labels.every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label))) return null;
  return /^\d+$/.test(labels.at(-1) ?? '') ? null : text.toLowerCase();
}

/** An address or host name in canonical form; null when the text is neither. */
export function canonicalHost(text: string): string | null {
  return canonicalAddress(text) ?? canonicalHostName(text);
}

/** Why an address can never be a server a router asks, as the end of a sentence; null when it may be one. */
export function notAServer(address: string): string | null {
  const octets = parseIpv4(address);
  if (octets) {
    const [first] = octets;
    if (first === 0) return 'is the unspecified address';
    if (first === 127) return 'is a loopback address: the router itself';
    if (first >= 224 && first <= 239) return 'is a multicast address';
    if (octets.every((octet) => octet === 255)) return 'is the broadcast address';
    if (first >= 240) return 'is a reserved address';
    return null;
  }
  const ipv6 = canonicalIpv6(address);
  if (ipv6 === null) return null;
  if (ipv6 === '::') return 'is the unspecified address';
  if (ipv6 === '::1') return 'is a loopback address: the router itself';
  if (ipv6.startsWith('ff')) return 'is a multicast address';
  if (/^fe[89ab]/.test(ipv6)) return 'is a link-local address, which means nothing without an interface';
  if (ipv6.startsWith('::ffff:')) return 'is an IPv4 address in IPv6 form; give the IPv4 address';
  return null;
}

/** An IPv4 or IPv6 address; becomes its canonical form. */
export const IpAddress = z
  .string()
  .max(45)
  .check(
    refused((text) =>
      canonicalAddress(text) === null ? `${JSON.stringify(text.slice(0, 45))} is not an IPv4 or IPv6 address` : null,
    ),
  )
  .overwrite((text) => canonicalAddress(text) ?? text);

/** An address a router can ask for names; becomes its canonical form. */
export const ServerAddress = z
  .string()
  .max(45)
  .check(refused((text) => serverProblem(text, canonicalAddress(text), 'an IPv4 or IPv6 address')))
  .overwrite((text) => canonicalAddress(text) ?? text);

/** An address or host name of a server; becomes its canonical form. */
export const ServerHost = z
  .string()
  .max(253)
  .check(refused((text) => serverProblem(text, canonicalHost(text), 'an IPv4 address, an IPv6 address or a host name')))
  .overwrite((text) => canonicalHost(text) ?? text);

/** Adds the sentence as an issue when there is one. */
export function refused<T>(problem: (value: T) => string | null): z.core.CheckFn<T> {
  return (payload) => {
    const message = problem(payload.value);
    if (message !== null) payload.issues.push({ code: 'custom', message, input: payload.value });
  };
}

function serverProblem(text: string, canonical: string | null, allowed: string): string | null {
  const given = JSON.stringify(text.slice(0, 80));
  if (canonical === null) return `${given} is not ${allowed}`;
  if (canonical === 'localhost' || canonical.endsWith('.localhost')) return `${given} names the router itself`;
  const reason = notAServer(canonical);
  return reason === null ? null : `${given} ${reason}`;
}
