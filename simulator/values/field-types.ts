import type { FieldType } from '../engine/definition.ts';
import { badRequest, invalidValue, noMatch } from '../engine/router-error.ts';
import { formatDuration, parseDurationMs } from './duration.ts';
import { formatIpv4, isIpAddress, networkOf, parseIpv4, parsePrefix } from './ip-address.ts';

/** Any text, kept as given. */
export const text: FieldType = { kind: 'text', parse: (input) => input };

/** `true`/`false`; input may also be `yes`/`no`. */
export const boolean: FieldType = {
  kind: 'boolean',
  parse: (input, field) => {
    if (input === 'true' || input === 'yes') return 'true';
    if (input === 'false' || input === 'no') return 'false';
    throw noMatch(field);
  },
};

/** Present as an empty text when set, absent when not. */
export const flag: FieldType = { kind: 'flag', parse: () => '' };

/** A whole number between two bounds (inclusive); `words` such as `auto` may stand in its place. */
export function integer(min: number, max: number, words: readonly string[] = []): FieldType {
  return {
    kind: 'integer',
    parse: (input, field) => {
      if (words.includes(input)) return input;
      const digits = min < 0 ? input.replace(/^-/, '') : input;
      if (/^\d/.test(digits) && !/^(\d+|0x[\da-f]+)$/i.test(digits)) {
        throw badRequest(`value of ${field} contains invalid trailing characters`);
      }
      if (!/^\d/.test(digits)) throw invalidValue(field);
      const number = Number(input);
      if (number < min || number > max) throw badRequest(`value of ${field} out of range (${min}..${max})`);
      return String(number);
    },
  };
}

/** A duration, printed in canonical form; bounds in milliseconds, words such as `none` may stand in its place. */
export function duration(minMs = 0, maxMs = Infinity, words: readonly string[] = []): FieldType {
  return {
    kind: 'duration',
    parse: (input, field) => {
      if (words.includes(input)) return input;
      const milliseconds = parseDurationMs(input);
      if (milliseconds === undefined) throw invalidValue(field);
      if (milliseconds < minMs || milliseconds > maxMs) {
        throw badRequest(`value of ${field} is out of range (${formatDuration(minMs)} .. ${formatDuration(maxMs)})`);
      }
      return formatDuration(milliseconds);
    },
  };
}

/** One of a list of words. */
export function word(...allowed: readonly string[]): FieldType {
  return {
    kind: 'word',
    parse: (input, field) => {
      if (!allowed.includes(input)) throw noMatch(field);
      return input;
    },
  };
}

/** An IPv4 address. */
export const ipv4Address: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    const address = parseIpv4(input);
    if (address === undefined) throw invalidValue(field);
    return formatIpv4(address);
  },
};

/** An interface address: `10.0.0.1/24`; without a length it becomes `/32`. */
export const interfaceAddress: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    const prefix = parsePrefix(input);
    if (!prefix) throw invalidValue(field);
    return `${formatIpv4(prefix.address)}/${prefix.length}`;
  },
};

/** A destination network; host bits are cleared, a bare address becomes `/32`. */
export const network: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    const prefix = parsePrefix(input);
    if (!prefix) throw invalidValue(field);
    return `${formatIpv4(networkOf(prefix))}/${prefix.length}`;
  },
};

/** A comma list whose members `accepts` knows; an empty text is the empty list. */
export function listOf(accepts: (member: string) => boolean): FieldType {
  return {
    kind: 'list',
    parse: (input, field) => {
      const members = input === '' ? [] : input.split(',').map((member) => member.trim());
      if (!members.every(accepts)) throw invalidValue(field);
      return members.join(',');
    },
  };
}

/** A comma list of addresses of either family. */
export const addressList: FieldType = listOf(isIpAddress);

/** A comma list of addresses or DNS names. */
export const hostList: FieldType = listOf(isHost);

/** An address or a DNS name. */
export const host: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    if (!isHost(input)) throw invalidValue(field);
    return input;
  },
};

/**
 * A row of another menu, given by name (or id). The id is what is stored: a rename of the target shows at once, and a
 * target that is gone shows as its bare id. `words` need no target.
 */
export function reference(menu: string, words: readonly string[] = [], nameField = 'name'): FieldType {
  return {
    kind: 'reference',
    parse: (input, field, router) => {
      if (words.includes(input)) return input;
      const target = router.items(menu).find((item) => item.values[nameField] === input || item.id === input);
      if (!target) throw noMatch(field);
      return target.id;
    },
    show: (stored, router) => router.items(menu).find((item) => item.id === stored)?.values[nameField] ?? stored,
  };
}

function isHost(input: string): boolean {
  return (
    isIpAddress(input) ||
    (/^(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/i.test(input) && /[a-z]/i.test(input))
  );
}
