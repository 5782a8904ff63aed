import { z } from 'zod';
import type { Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../../routeros/management-path.ts';
import { isWithin, overlaps, parsePrefix } from '../../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toFlag } from '../../routeros/values.ts';
import { CommentInput } from '../comment-input.ts';
import { defineWrite } from '../define-operation.ts';
import { configuredInterface, INTERFACE } from '../interface/configured-interface.ts';
import { InterfaceName } from '../list-filters.ts';
import { InterfaceAddress } from './interface-address.ts';
import { ADDRESS, ADDRESS_FIELDS, isAddressOn } from './address-rows.ts';

export const addIpAddress = defineWrite({
  name: 'add_ip_address',
  title: 'Add an IPv4 address',
  summary: 'Adds a secondary IPv4 address to an interface. Refuses networks that overlap with any the router has.',
  toolset: 'addresses',
  tier: 'advanced',
  phase: 2,
  paths: [...new Set([ADDRESS, INTERFACE, ...MANAGEMENT_MENUS])],
  input: z.strictObject({
    address: InterfaceAddress.describe('With its prefix length, such as "198.51.100.1/24"'),
    interface: InterfaceName.describe('Where, such as "bridge"'),
    entryComment: CommentInput.optional().describe('Of the address; an empty text clears it'),
  }),
  example: { address: '198.51.100.1/24', interface: 'bridge', entryComment: 'lab' },
  steps: async (router, { address, interface: name, entryComment }) => {
    const rows = await router.list(ADDRESS, { fields: ADDRESS_FIELDS });
    const present = rows.find((row) => !isDynamic(row) && isAddressOn(row, address, name));
    if (present && !toBoolean(present['disabled'])) return commentSteps(present, entryComment);
    const carrier = await configuredInterface(router, name);
    refuseOverlap(rows, address);
    refusePort(carrier);
    await refuseCoveringManagement(router, address);
    if (present) return [{ ...changeOf(present, { disabled: 'false' }) }, ...commentSteps(present, entryComment)];
    const key = { address, interface: name };
    return [
      {
        op: 'add',
        menu: ADDRESS,
        key,
        values: { ...key, ...(entryComment ? { comment: entryComment } : {}) },
        placeBefore: null,
      },
    ];
  },
});

function commentSteps(row: RouterRecord, text: string | undefined): Step[] {
  const comment = row['comment'] ?? '';
  return text === undefined || text === comment ? [] : [changeOf(row, { comment: text || null })];
}

function changeOf(row: RouterRecord, after: Record<string, string | null>): Step {
  const { address = '', interface: name = '' } = row;
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, row[field] ?? null]));
  return { op: 'change', menu: ADDRESS, key: { address, interface: name }, before, after };
}

/** Two ways to the same addresses: packets would take either, and answers the other. */
function refuseOverlap(rows: readonly RouterRecord[], address: string): void {
  const wanted = parsePrefix(address);
  const inTheWay = rows.find((row) => {
    const prefix = parsePrefix(row['address'] ?? '');
    return !toBoolean(row['disabled']) && wanted !== null && prefix !== null && overlaps(wanted, prefix);
  });
  if (!inTheWay) return;
  throw new AppError('CONFLICT', {
    message: `${address} overlaps with the network of an address that the router has already.`,
    hint: 'Call list_ip_addresses and take an address outside of its networks.',
  });
}

function refusePort(carrier: RouterRecord): void {
  if (!toFlag(carrier['slave'])) return;
  throw new AppError('CONFLICT', {
    message:
      'This interface is a port of a bridge or bond; packets come to the bridge or bond, where the address belongs.',
    hint: 'Add the address there; get_interface tells which it is.',
  });
}

async function refuseCoveringManagement(router: Router, address: string): Promise<void> {
  const { peers } = await findManagementPath(router);
  const network = parsePrefix(address);
  if (network === null || ![...peers, router.host].some((peer) => isWithin(peer, network))) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The network of ${address} would hide those who manage the router, or the way to them.`,
    hint: 'Take another network, or a longer prefix.',
  });
}
