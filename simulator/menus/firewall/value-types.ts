import { isIPv4 } from 'node:net';
import type { FieldType } from '../../engine/definition.ts';
import { badRequest, invalidValue, noMatch } from '../../engine/router-error.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { integer, reference, word } from '../../values/field-types.ts';
import { formatIpv4, networkOf, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { formatIpPrefix, networkPrefix, parseIpPrefix } from '../../values/ip-prefix.ts';
import { PROTOCOL_NUMBERS } from './protocols.ts';

/** A matcher that a leading `!` turns round. */
export function negatable(type: FieldType): FieldType {
  const { show } = type;
  return {
    kind: type.kind,
    parse: (input, field, router) =>
      input.startsWith('!') ? `!${type.parse(input.slice(1), field, router)}` : type.parse(input, field, router),
    ...(show && {
      show: (stored, router) => (stored.startsWith('!') ? `!${show(stored.slice(1), router)}` : show(stored, router)),
    }),
  };
}

/** Text of a certain form; anything else is a syntax error. */
export function pattern(form: RegExp): FieldType {
  return {
    kind: 'text',
    parse: (input, field) => {
      if (!form.test(input)) throw invalidValue(field);
      return input;
    },
  };
}

/** Text that must not be empty: names of chains, lists and marks. */
export const name = pattern(/^[^\s].*$/);

/** A mark, or `no-mark`. */
export const mark = negatable(name);

/** An IPv4 address, network or range; a network of one address prints as the address. */
export const ipv4Range: FieldType = {
  kind: 'address',
  parse: (input) => {
    const [first = '', last, ...more] = input.split('-');
    if (last !== undefined && more.length === 0) {
      const [from, to] = [parseIpv4(first), parseIpv4(last)];
      if (from === undefined || to === undefined || from > to) throw notARange();
      return from === to ? first : input;
    }
    const prefix = parsePrefix(input);
    if (!prefix) throw notARange();
    return prefix.length === 32 ? formatIpv4(prefix.address) : `${formatIpv4(networkOf(prefix))}/${prefix.length}`;
  },
};

/** An IPv6 address or network; an address prints with its `/128`. */
export const ipv6Range: FieldType = {
  kind: 'address',
  parse: (input) => {
    const prefix = parseIpPrefix(input);
    if (prefix?.family !== 6) throw notARange();
    return formatIpPrefix(networkPrefix(prefix));
  },
};

const notARange = (): Error => badRequest('value of range expects range of ip addresses');

/** A range of IPv4 addresses that packets are rewritten to. */
export const targetAddresses: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    if (!input.split('-').every((part) => isIPv4(part) || parsePrefix(part) !== undefined)) throw invalidValue(field);
    return input;
  },
};

/** Ports and ranges of ports in a comma list: `80,443,8000-8100`. */
export const portList: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    for (const part of input.split(',')) {
      const bounds = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
      if (!bounds) throw invalidValue(field);
      const [first, last] = [Number(bounds[1]), Number(bounds[2] ?? bounds[1])];
      if (first > 65_535 || last > 65_535) throw badRequest(`value of ${field} out of range (0..65535)`);
      if (first > last) throw invalidValue(field);
    }
    return input;
  },
};

/** Whole numbers or one range of them: `40`, `0-1500`. */
export const numberRange = pattern(/^\d+(-\d+)?$/);

/** A protocol by name; numbers with a name are printed as the name. */
export const protocol: FieldType = {
  kind: 'word',
  parse: (input, field) => {
    if (Object.hasOwn(PROTOCOL_NUMBERS, input)) return input;
    const number = /^\d{1,3}$/.test(input) ? Number(input) : 256;
    if (number > 255) throw noMatch(field);
    return Object.keys(PROTOCOL_NUMBERS).find((known) => PROTOCOL_NUMBERS[known] === number) ?? String(number);
  },
};

/** A comma list of words of which each may be turned round with `!`, or all by one in front. */
export function wordList(...allowed: readonly string[]): FieldType {
  return {
    kind: 'list',
    parse: (input, field) => {
      const members = input.split(',').map((member) => member.trim());
      if (!members.every((member) => allowed.includes(member.replace(/^!/, '')))) throw noMatch(field);
      return members.join(',');
    },
  };
}

/** An interface, or all of a kind. */
export const interfaceMatcher = negatable(
  reference('/interface', ['all-ethernet', 'all-ppp', 'all-vlan', 'all-wireless', 'dynamic', 'none', 'static', 'all']),
);

export const interfaceListMatcher = negatable(reference('/interface/list'));

/** How often a rule may match: `10,5:packet`, `10/1m,5:bit`. */
export const limit: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    const parts = /^(\d+[kMG]?)(?:\/(\w+))?,(\d+[kMG]?)(?::(packet|bit))?$/.exec(input);
    if (!parts) throw invalidValue(field);
    const [, rate, time, burst, mode = 'packet'] = parts;
    const everyMs = time === undefined ? 1000 : parseDurationMs(/^\d/.test(time) ? time : `1${time}`);
    if (everyMs === undefined) throw invalidValue(field);
    return `${rate}${everyMs === 1000 ? '' : `/${formatDuration(everyMs)}`},${burst}:${mode}`;
  },
};

/** How long an address stays on a list: a duration, `none-dynamic` (until the next start), `none-static` (for good). */
export const listTimeout: FieldType = {
  kind: 'duration',
  parse: (input, field) => {
    if (input === 'none-dynamic' || input === 'none-static') return input;
    const milliseconds = parseDurationMs(input);
    if (milliseconds === undefined) throw invalidValue(field);
    return milliseconds === 0 ? 'none-dynamic' : formatDuration(milliseconds);
  },
};

/** When a rule matches: `8h-17h,mon,tue`. */
export const timeWindow: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    const [span = '', ...days] = input.split(',');
    const bounds = span.split('-').map((bound) => parseDurationMs(bound));
    const known = days.every((day) => DAYS.includes(day));
    if (bounds.length !== 2 || bounds.includes(undefined) || !known) throw invalidValue(field);
    const text = bounds.map((bound) => formatDuration(bound ?? 0)).join('-');
    return [text, ...DAYS.filter((day) => days.length === 0 || days.includes(day))].join(',');
  },
};

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export const dscp = integer(0, 63);

export const addressType = negatable(
  word('unicast', 'local', 'broadcast', 'multicast', 'blackhole', 'prohibit', 'unreachable'),
);
