import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { findManagementPath, MANAGEMENT_MENUS, managementUnknown } from '../../routeros/management-path.ts';
import { isWithin, parsePrefix } from '../../routeros/prefixes.ts';
import type { Router } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean } from '../../routeros/values.ts';
import { defineWrite } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { ADDRESS, ADDRESS_FIELDS, isAddressOn } from './address-rows.ts';
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
      if (found.length > 0) throw leased();
      return [];
    }
    if (!toBoolean(row['disabled'])) await refuseManagementAddress(router, address);
    const { address: written = address, network, comment, disabled } = row;
    const values = {
      address: written,
      interface: name,
      ...(network === undefined ? {} : { network }),
      ...(comment === undefined ? {} : { comment }),
      ...(toBoolean(disabled) ? { disabled: 'true' } : {}),
    };
    return [{ op: 'remove', menu: ADDRESS, key: { address: written, interface: name }, values, placeBefore: null }];
  },
});

async function refuseManagementAddress(router: Router, address: string): Promise<void> {
  const { addresses, peers } = await findManagementPath(router);
  // It might be this one, such as that of a loopback.
  if (addresses.size === 0) throw managementUnknown();
  const network = parsePrefix(address);
  const carries = [...addresses, ...peers, router.host].some((peer) => network !== null && isWithin(peer, network));
  if (!carries) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The network of ${address} carries the connection by which the router is managed; removing it would cut that.`,
    hint: 'Manage the router under another address first, or make the change at the router.',
  });
}

function leased(): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: 'The router got this address itself, for example by DHCP, so it cannot be removed.',
    hint: 'Release the lease or disable the client at the router.',
  });
}
