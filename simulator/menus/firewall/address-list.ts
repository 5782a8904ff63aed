import type { Change, Field, FieldType, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { boolean, text } from '../../values/field-types.ts';
import { formatIpv4, networkOf, parseIpv4 } from '../../values/ip-address.ts';
import { formatLocal } from '../../values/local-time.ts';
import { comment, disabled } from '../row-fields.ts';
import { badIpv6Addresses } from './defconf-rules.ts';
import { isDnsName, resolvedEntries } from './listed-names.ts';
import type { Family } from './matchers.ts';
import { ipv4Range, ipv6Range, listTimeout, name } from './value-types.ts';

/** An address, a network, a range (IPv4 only), or a DNS name whose addresses are listed. */
function listedAddress(family: Family): FieldType {
  const range = family === 'ip' ? ipv4Range : ipv6Range;
  return {
    kind: 'address',
    parse: (input, field, router) => {
      if (isDnsName(input)) return input;
      return asNetwork(range.parse(input, field, router));
    },
  };
}

/** A range that is a whole network is kept as the network: `192.168.0.0-192.168.1.255` is `192.168.0.0/23`. */
function asNetwork(range: string): string {
  const [first, last] = range.split('-').map(parseIpv4);
  if (first === undefined || last === undefined) return range;
  const length = 32 - Math.log2(last - first + 1);
  const network = { address: first, length };
  return Number.isInteger(length) && networkOf(network) === first ? `${formatIpv4(first)}/${length}` : range;
}

function addressList(family: Family): MenuDefinition {
  const path = listPath(family);
  return {
    path,
    kind: 'list',
    noun: 'address list entry',
    dynamicRows: 'removable',
    fields: {
      address: { type: listedAddress(family), required: true },
      comment,
      'creation-time': {
        type: text,
        access: 'read-only',
        default: (router) => formatLocal(router.clock.now(), router.timeZone()),
      },
      disabled,
      dynamic: { type: boolean, access: 'argument', compute: (item) => String(item.dynamic) },
      list: { type: name, required: true },
      timeout,
    },
    seed: family === 'ipv6' ? badIpv6Addresses : () => [],
    derived: (router) => resolvedEntries(path, router),
    collision: ({ address, list, disabled: off }, others) =>
      off !== 'true' && others.some(({ values }) => isSameEntry(values, address, list))
        ? 'already have such entry'
        : undefined,
    applied: (change, router) => {
      if (change.kind === 'remove') router.clock.clearTimer(timerKey(path, change.item));
      else applyTimeout(path, change, router);
    },
    // Entries with a time, and those that rules made, do not survive a restart.
    booted: (router) => {
      router.discard(path, (item) => item.dynamic);
    },
  };
}

export const listPath = (family: Family): string => `/${family}/firewall/address-list`;

/** What is left of an entry's time; absent on entries that stay. */
const timeout: Field = {
  type: listTimeout,
  access: 'argument',
  compute: (item, router) => {
    const { expiresMs } = item.internal;
    if (expiresMs === undefined) return undefined;
    return formatDuration(Math.max(1000, Math.ceil((expiresMs - router.clock.uptimeMs()) / 1000) * 1000));
  },
};

export const addressLists: readonly MenuDefinition[] = [addressList('ip'), addressList('ipv6')];

/** Puts an address on a list as a rule does: an entry that is there already starts its time anew. */
export function listAddress(
  router: RouterView,
  family: Family,
  entry: { readonly list: string; readonly address: string; readonly timeout: string },
): void {
  const path = listPath(family);
  const { list, address } = entry;
  const known = router.items(path).find(({ values }) => isSameEntry(values, address, list));
  if (known && !known.dynamic) return;
  const item = known ?? router.insert(path, { list, address }, { dynamic: entry.timeout !== 'none-static' });
  startTimeout(path, item, entry.timeout, router);
}

function applyTimeout(path: string, { item, given }: Change, router: RouterView): void {
  if (given.get('dynamic') === 'true') item.dynamic = true;
  const wanted = given.get('timeout');
  if (wanted !== undefined && wanted !== 'none-static') {
    item.dynamic = true;
    startTimeout(path, item, wanted, router);
  }
}

function startTimeout(path: string, item: Item, wanted: string, router: RouterView): void {
  const milliseconds = wanted.startsWith('none-') ? undefined : parseDurationMs(wanted);
  if (milliseconds === undefined) return;
  item.internal['expiresMs'] = router.clock.uptimeMs() + milliseconds;
  router.clock.setTimer(timerKey(path, item), milliseconds, () => router.discard(path, ({ id }) => id === item.id));
}

const timerKey = (path: string, item: Item): string => `address-list${path}/${item.id}`;

function isSameEntry(values: Item['values'], address: string | undefined, list: string | undefined): boolean {
  return values['address'] === address && values['list'] === list && values['disabled'] !== 'true';
}
