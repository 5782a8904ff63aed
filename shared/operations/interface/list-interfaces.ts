import { z } from 'zod';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { Interface, INTERFACE, INTERFACE_FIELDS, toInterface } from './interface-entry.ts';

export const listInterfaces = defineListRead({
  name: 'list_interfaces',
  title: 'Interfaces',
  summary: "A router's interfaces with type, state, MTU, MAC address, traffic, errors and drops since the start.",
  toolset: 'interfaces',
  isCore: true,
  phase: 1,
  paths: [INTERFACE],
  filters: z.strictObject({
    type: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'an interface type is 1 to 32 lower-case letters, digits or "-"')
      .optional()
      .describe('Only interfaces of this RouterOS type, such as "ether", "bridge" or "vlan"'),
    running: z.boolean().optional().describe('Only those that have a link, or have none'),
    disabled: z.boolean().optional().describe('Only disabled or only enabled ones'),
    contains: PartOfText.optional().describe('Only those with this in name or comment'),
  }),
  item: Interface,
  items: 'interfaces',
  limits: { usual: 100, most: 500 },
  read: async (router, { type, running, disabled, contains }) => {
    const rows = await listAtMost(router, INTERFACE, {
      fields: INTERFACE_FIELDS,
      only: { type, running: running?.toString(), disabled: disabled?.toString() },
      // Access servers have one for each client.
      most: 10_000,
      hint: 'Name a type, such as "ether".',
    });
    return {
      rows: rows
        .map(toInterface)
        .filter(
          (one) =>
            isWanted(type, one.type) &&
            isWanted(running, one.running) &&
            isWanted(disabled, one.disabled) &&
            holdsPart(contains, one.name, one.comment),
        ),
    };
  },
});
