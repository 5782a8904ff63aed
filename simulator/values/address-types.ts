import type { FieldType } from '../engine/definition.ts';
import { badRequest, invalidValue } from '../engine/router-error.ts';
import { formatIpv4, networkOf, parseIpv4, parsePrefix } from './ip-address.ts';
import { formatIp, formatIpPrefix, networkPrefix, parseIp, parseIpPrefix } from './ip-prefix.ts';

/** An address of either family. */
export const ipAddress: FieldType = address(undefined);

/** An IPv6 address, printed in its shortest form. */
export const ipv6Address: FieldType = address(6);

/** An IPv6 prefix with its host bits cleared; a bare address becomes `/128`. */
export const ipv6Network: FieldType = prefix((input) => {
  const parsed = parseIpPrefix(input);
  return parsed?.family === 6 ? formatIpPrefix(networkPrefix(parsed)) : undefined;
});

/** A network of either family with its host bits cleared. */
export const anyNetwork: FieldType = prefix((input) => {
  const parsed = parseIpPrefix(input);
  return parsed && formatIpPrefix(networkPrefix(parsed));
});

/** An IPv6 address with its prefix length; without one it becomes `/64`, as on interfaces. */
export const ipv6InterfaceAddress: FieldType = prefix((input) => {
  const parsed = parseIpPrefix(input.includes('/') ? input : `${input}/64`);
  return parsed?.family === 6 ? formatIpPrefix(parsed) : undefined;
});

/** A comma list of IPv4 addresses. */
export const ipv4List: FieldType = {
  kind: 'list',
  parse: (input, field) =>
    input
      .split(',')
      .filter((member) => member !== '')
      .map((member) => {
        const parsed = parseIpv4(member.trim());
        if (parsed === undefined) throw invalidValue(field);
        return formatIpv4(parsed);
      })
      .join(','),
};

/** A comma list of networks of one family; an empty text is the empty list. */
export function networkList(family: 4 | 6): FieldType {
  return {
    kind: 'list',
    parse: (input, field) =>
      input
        .split(',')
        .filter((member) => member !== '')
        .map((member) => {
          const parsed = parseIpPrefix(member.trim());
          if (parsed?.family !== family) throw invalidValue(field);
          return formatIpPrefix(networkPrefix(parsed));
        })
        .join(','),
  };
}

/** A comma list of ranges `a-b`, single addresses and prefixes, kept in the order given. */
export const ipv4Ranges: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const members = input.split(',').map((member) => member.trim());
    return members.map((member) => formatRange(rangeOf(member, field))).join(',');
  },
};

/** First and last address, both included. */
export type Ipv4Range = { readonly first: number; readonly last: number };

/** The ranges of a stored list. */
export function readRanges(list: string): Ipv4Range[] {
  return list
    .split(',')
    .filter((member) => member !== '')
    .map((member) => rangeOf(member, 'ranges'));
}

function rangeOf(member: string, field: string): Ipv4Range {
  const [from = '', to] = member.split('-');
  if (to === undefined) {
    const network = parsePrefix(from);
    if (!network) throw badRequest(`value of ${field} expects range of ip addresses`);
    return { first: networkOf(network), last: networkOf(network) + 2 ** (32 - network.length) - 1 };
  }
  const first = parseIpv4(from);
  const last = parseIpv4(to);
  if (first === undefined || last === undefined || last < first) {
    throw badRequest(`value of ${field} expects range of ip addresses`);
  }
  return { first, last };
}

function formatRange({ first, last }: Ipv4Range): string {
  return first === last ? formatIpv4(first) : `${formatIpv4(first)}-${formatIpv4(last)}`;
}

function address(family: 4 | 6 | undefined): FieldType {
  return {
    kind: 'address',
    parse: (input, field) => {
      const parsed = parseIp(input);
      if (!parsed || (family !== undefined && parsed.family !== family)) throw invalidValue(field);
      return formatIp(parsed);
    },
  };
}

function prefix(read: (input: string) => string | undefined): FieldType {
  return {
    kind: 'address',
    parse: (input, field) => {
      const parsed = read(input);
      if (parsed === undefined) throw invalidValue(field);
      return parsed;
    },
  };
}
