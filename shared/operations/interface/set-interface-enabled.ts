import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { carriersOf, CARRIER_MENUS } from '../../routeros/interface-carriers.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../../routeros/management-path.ts';
import type { Router } from '../../routeros/router.ts';
import { toBoolean } from '../../routeros/values.ts';
import { defineWrite } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { configuredInterface, INTERFACE } from './configured-interface.ts';

export const setInterfaceEnabled = defineWrite({
  name: 'set_interface_enabled',
  title: 'Enable or disable an interface',
  summary: 'Enables or disables one interface of a router. Refuses to disable what the router is managed through.',
  toolset: 'interfaces',
  tier: 'advanced',
  phase: 2,
  paths: [...new Set([INTERFACE, ...CARRIER_MENUS, ...MANAGEMENT_MENUS])],
  input: z.strictObject({
    interface: InterfaceName.describe('Its name, such as "ether5"'),
    enabled: z.boolean().describe('false disables it'),
  }),
  example: { interface: 'ether1', enabled: true },
  steps: async (router, { interface: name, enabled }) => {
    const row = await configuredInterface(router, name);
    if (toBoolean(row['disabled']) === !enabled) return [];
    if (!enabled) await refuseManagementInterface(router, name);
    const [before, after] = [{ disabled: String(enabled) }, { disabled: String(!enabled) }];
    return [{ op: 'change', menu: INTERFACE, key: { name }, before, after }];
  },
});

async function refuseManagementInterface(router: Router, name: string): Promise<void> {
  const { interfaces } = await findManagementPath(router);
  if (!(await carriersOf(router, interfaces)).has(name)) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: 'This interface carries the connection by which the router is managed; disabling it would cut that.',
    hint: 'Disable it at the router, or manage the router through another interface first.',
  });
}
