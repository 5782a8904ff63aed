import type { Change, FieldType, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { isInvalidServer } from '../../../network/lan-hosts.ts';
import { boolean, duration, integer, ipv4Address, reference, text, word } from '../../../values/field-types.ts';
import { interfaceReference } from '../../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { noteLeases } from './lease-log.ts';

/** First version whose new servers lend addresses for half an hour instead of ten minutes. It is not measured. */
const LONGER_LEASES_SINCE = '7.17';

/** Text for a second enabled server on an interface, which is not measured on a device. */
const SECOND_SERVER = 'can not have more than one server on interface';

const MOST_SECONDS_MS = 4_294_967_295_000;

const queueParent = reference('/queue/simple', ['none']);

const queueBefore = reference('/queue/simple', ['first', 'bottom']);

const leaseIdentifiers: FieldType = text;

/** DHCP servers; the leases are in the menu below. */
export const ipDhcpServer: MenuDefinition = {
  path: '/ip/dhcp-server',
  kind: 'list',
  noun: 'dhcp server',
  nameField: 'name',
  fields: {
    'add-arp': { type: boolean },
    'address-lists': { type: text, default: '', since: '7.17' },
    'address-pool': { type: reference('/ip/pool', ['static-only']), default: 'static-only' },
    'allow-dual-stack-queue': { type: boolean },
    'always-broadcast': { type: boolean },
    authoritative: { type: word('yes', 'no', 'after-10sec-delay', 'after-2sec-delay'), default: 'yes' },
    'bootp-lease-time': { type: duration(0, MOST_SECONDS_MS, ['forever', 'lease-time']) },
    'bootp-support': { type: word('none', 'static', 'dynamic') },
    'client-mac-limit': { type: integer(0, 4_294_967_295, ['unlimited']) },
    comment,
    'conflict-detection': { type: boolean },
    'delay-threshold': { type: duration(0, MOST_SECONDS_MS, ['none']) },
    'dhcp-option-set': { type: reference('/ip/dhcp-server/option/sets', ['none']) },
    disabled,
    dynamic,
    'dynamic-lease-identifiers': { type: leaseIdentifiers, default: 'client-mac,client-id', since: '7.21' },
    'insert-queue-before': { type: queueBefore },
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(isInvalidServer(item, router))),
    'lease-script': { type: text, default: '' },
    'lease-time': { type: duration(1000, MOST_SECONDS_MS), default: (router) => usualLease(router) },
    name: { type: text, default: (router) => freeServerName(router) },
    'parent-queue': { type: queueParent },
    relay: { type: ipv4Address },
    'server-address': { type: ipv4Address },
    'support-broadband-tr101': { type: boolean, since: '7.21' },
    'use-framed-as-classless': { type: boolean },
    'use-radius': { type: word('yes', 'no', 'accounting'), default: 'no' },
    'use-reconfigure': { type: boolean, default: 'false', since: '7.19' },
  },
  seed: () => [{ name: 'defconf', interface: 'bridge', 'address-pool': 'default-dhcp', comment: 'defconf' }],
  collision: (candidate, others) => {
    if (others.some(({ values }) => values['name'] === candidate['name']))
      return 'server with such name already exists';
    const rival = others.some(
      ({ values }) =>
        values['interface'] === candidate['interface'] &&
        values['relay'] === candidate['relay'] &&
        values['disabled'] !== 'true',
    );
    return rival && candidate['disabled'] !== 'true' ? SECOND_SERVER : undefined;
  },
  about: (item, router) => (isInvalidServer(item, router) ? 'DHCP server can not run on slave interface!' : undefined),
  applied: (change, router) => {
    noteStart(change, router);
    noteLeases(router);
  },
  booted: (router) => {
    for (const item of router.items('/ip/dhcp-server')) delete item.internal['startedMs'];
  },
};

/** Machines ask anew when a server was made, or enabled, or put elsewhere. */
function noteStart({ kind, item, before, after }: Change, router: RouterView): void {
  const moved = ['disabled', 'interface', 'address-pool'].some((name) => before?.[name] !== after[name]);
  if (kind === 'add' || (kind === 'set' && moved)) item.internal['startedMs'] = router.clock.uptimeMs();
}

function usualLease({ version }: RouterView): string {
  return isAtLeast(version, LONGER_LEASES_SINCE) ? '30m' : '10m';
}

function freeServerName(router: RouterView): string {
  const taken = new Set(router.items('/ip/dhcp-server').map(({ values }) => values['name']));
  let number = 1;
  while (taken.has(`dhcp${number}`)) number += 1;
  return `dhcp${number}`;
}
