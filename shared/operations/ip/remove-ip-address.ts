import { z } from 'zod';
import { findManagementPath, MANAGEMENT_MENUS } from '../../routeros/management-path.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean } from '../../routeros/values.ts';
import { defineWrite } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { ADDRESS, ADDRESS_FIELDS, isAddressOn, removalOf } from './address-rows.ts';
import { leasedAddress, refuseCarryingManagement } from './address-rules.ts';
import { InterfaceAddress } from './interface-address.ts';

export const removeIpAddress = defineWrite({
  name: 'remove_ip_address',
  title: 'Remove an IPv4 address',
  summary:
    'Removes an IPv4 address from an interface. Refuses addresses whose network carries the management connection.',
  toolset: 'addresses',
  tier: 'advanced',
  phase: 2,
  paths: [...new Set([ADDRESS, ...MANAGEMENT_MENUS])],
  input: z.strictObject({
    address: InterfaceAddress.describe('With its prefix length, as list_ip_addresses shows it'),
    interface: InterfaceName.describe('From where, such as "bridge"'),
  }),
  example: { address: '198.51.100.1/24', interface: 'bridge' },
  steps: async (router, { address, interface: name }) => {
    const found = (await router.list(ADDRESS, { fields: ADDRESS_FIELDS })).filter((row) =>
      isAddressOn(row, address, name),
    );
    const row = found.find((candidate) => !isDynamic(candidate));
    if (!row) {
      if (found.length > 0) throw leasedAddress();
      return [];
    }
    if (!toBoolean(row['disabled'])) {
      const { addresses, peers } = await findManagementPath(router);
      refuseCarryingManagement(address, [...addresses], [...peers, router.host]);
    }
    return [removalOf(row)];
  },
});
