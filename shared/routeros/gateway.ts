import { z } from 'zod';
import { canonicalAddress, notAServer, refused } from './addresses.ts';

/** Where a route sends packets: `10.0.0.1`, `ether1`, `fe80::1%ether1`, and each with a table, such as `10.0.0.1@main`. */
export interface Gateway {
  /** Canonical; null when packets go to an interface alone. */
  address: string | null;
  interface: string | null;
  /** Where the gateway itself is looked up; null is the usual one. */
  table: string | null;
}

/** Null when the text is no single gateway: several of them come as a list. */
export function parseGateway(text: string): Gateway | null {
  const [way = '', table, ...tables] = text.split('@');
  const [first = '', zone, ...zones] = way.split('%');
  if (tables.length + zones.length > 0 || [first, zone, table].includes('') || text.includes(',')) return null;
  const address = canonicalAddress(first);
  if (address === null && zone !== undefined) return null;
  return { address, interface: address === null ? first : (zone ?? null), table: table ?? null };
}

/** One gateway of a route, as callers name it; becomes its canonical form. */
export const GatewayText = z
  .string()
  .min(1)
  .max(128)
  .check(refused(gatewayProblem))
  .overwrite((text) => {
    const gateway = parseGateway(text);
    return gateway === null ? text : gatewayText(gateway);
  });

function gatewayProblem(text: string): string | null {
  const given = JSON.stringify(text.slice(0, 128));
  const gateway = parseGateway(text);
  if (gateway === null) {
    return `${given} is no gateway such as "10.0.0.1", "ether1", "fe80::1%ether1" or "10.0.0.1@main"; give each of several as a route of its own`;
  }
  const { address, interface: zone } = gateway;
  if (address === null) return null;
  const reason = notAServer(address);
  return reason === null || (zone !== null && reason.includes('link-local')) ? null : `${given} ${reason}`;
}

function gatewayText({ address, interface: name, table }: Gateway): string {
  const way = address === null ? (name ?? '') : address + (name === null ? '' : `%${name}`);
  return table === null ? way : `${way}@${table}`;
}
