import { z } from 'zod';
import type { Step } from '../../domain/change.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../../routeros/management-path.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean } from '../../routeros/values.ts';
import { CommentInput } from '../comment-input.ts';
import { defineWrite } from '../define-operation.ts';
import { configuredInterface, INTERFACE } from '../interface/configured-interface.ts';
import { InterfaceName } from '../list-filters.ts';
import { InterfaceAddress } from './interface-address.ts';
import { ADDRESS, ADDRESS_FIELDS, additionOf, changeOf, isAddressOn } from './address-rows.ts';
import { refuseCoveringManagement, refuseOverlap, refusePort } from './address-rules.ts';

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
    refuseCoveringManagement(address, [...(await findManagementPath(router)).peers, router.host]);
    if (present) return [changeOf(present, { disabled: 'false' }), ...commentSteps(present, entryComment)];
    return [additionOf(address, name, entryComment)];
  },
});

function commentSteps(row: RouterRecord, text: string | undefined): Step[] {
  const comment = row['comment'] ?? '';
  return text === undefined || text === comment ? [] : [changeOf(row, { comment: text || null })];
}
