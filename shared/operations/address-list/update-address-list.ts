import { z } from 'zod';
import { refused } from '../../routeros/addresses.ts';
import { isNetwork, parsePrefix } from '../../routeros/prefixes.ts';
import { CommentInput } from '../comment-input.ts';
import { defineWrite } from '../define-operation.ts';
import { listAtMost } from '../list-at-most.ts';
import { listSteps } from './list-steps.ts';

const MENUS = { 4: '/ip/firewall/address-list', 6: '/ipv6/firewall/address-list' } as const;
const FIELDS = ['list', 'address', 'comment', 'timeout', 'dynamic', 'disabled'];
const MOST_ADDRESSES = 100;
/** Wider networks are a mistake or meant to cut everything off. */
const SHORTEST_PREFIX = { 4: 8, 6: 16 } as const;
const WEEK_SECONDS = 604_800;

const Listed = z.string().max(49).check(refused(listedProblem));
const Addresses = z.array(Listed).min(1).max(MOST_ADDRESSES).optional();

const Input = z
  .strictObject({
    list: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a list is 1 to 63 letters, digits, ".", "_" or "-"')
      .describe('The list, such as "mcp-blocked"'),
    add: Addresses.describe('Addresses or networks to be on it, such as ["192.0.2.7", "198.51.100.0/24"]'),
    remove: Addresses.describe('Addresses or networks to be no longer on it'),
    entryComment: CommentInput.optional().describe('Of added entries'),
    timeoutSeconds: z
      .int()
      .min(60)
      .max(52 * WEEK_SECONDS)
      .optional()
      .describe('Added entries go by themselves after so long; left out, they stay'),
  })
  .check(
    refused(({ add = [], remove = [] }) => {
      const count = add.length + remove.length;
      if (count === 0) return 'give addresses to add, to remove, or both';
      if (count > MOST_ADDRESSES) return `${count} addresses are given; ${MOST_ADDRESSES} are allowed at once`;
      return add.some((address) => remove.includes(address))
        ? 'an address is both to be added and to be removed'
        : null;
    }),
  );

export const updateAddressList = defineWrite({
  name: 'update_address_list',
  title: 'Change an address list',
  summary:
    'Adds addresses to, or removes them from, one firewall address list of a router, such as to block them for a time. Only lists made for this.',
  toolset: 'firewall',
  tier: 'advanced',
  flag: 'allowFirewallWrites',
  phase: 2,
  paths: Object.values(MENUS),
  input: Input,
  example: { list: 'mcp-blocked', add: ['192.0.2.7', '2001:db8:bad::/48'], entryComment: 'scans' },
  restrict: ({ list }, { addressListPrefix }) =>
    list.startsWith(addressListPrefix)
      ? null
      : `list: only lists whose name begins with "${addressListPrefix}" may be changed; given was "${list}".`,
  steps: async (router, { list, add = [], remove = [], entryComment: comment, timeoutSeconds }) => {
    const steps = [];
    for (const family of [4, 6] as const) {
      const ofFamily = (addresses: readonly string[]): string[] => [
        ...new Set(addresses.filter((address) => parsePrefix(address)?.family === family)),
      ];
      const wanted = { list, add: ofFamily(add), remove: ofFamily(remove), comment, timeoutSeconds };
      if (wanted.add.length + wanted.remove.length === 0) continue;
      const hint = 'Change this list at the router, or by a plan.';
      const rows = await listAtMost(router, MENUS[family], { fields: FIELDS, only: { list }, hint });
      steps.push(...listSteps(MENUS[family], rows, wanted));
    }
    return steps;
  },
});

function listedProblem(text: string): string | null {
  const given = JSON.stringify(text.slice(0, 49));
  const prefix = parsePrefix(text);
  if (prefix === null) return `${given} is not an IPv4 or IPv6 address or network`;
  if (!isNetwork(prefix)) return `${given} has bits behind its prefix length; give the network`;
  const shortest = SHORTEST_PREFIX[prefix.family];
  return prefix.length < shortest ? `${given} has a prefix length below ${shortest}` : null;
}
