import { z } from 'zod';
import { devicesOf, EnvironmentArgument, TagArgument } from './arguments.ts';
import { definePrompt } from './define-prompt.ts';

export const syncAddressList = definePrompt({
  name: 'sync_address_list',
  title: 'Make an address list the same everywhere',
  description: 'Compares a firewall address list over many routers with the wanted one, and prepares what is missing.',
  input: z.strictObject({
    environment: EnvironmentArgument,
    tag: TagArgument.optional(),
    list: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,63}$/, 'a list name is 1 to 63 letters, digits, ".", "_" or "-"')
      .optional()
      .describe('Name of the address list'),
  }),
  opening: ({ list, ...scope }) =>
    `Make the address list ${list ?? '(ask which one)'} the same on ${devicesOf(scope)}. ` +
    'Ask the person what is right: a list they give, or one router that is the model.',
  steps: `
1. \`list_devices\` with these criteria. Note what is unreachable: it will differ afterwards, and somebody must know.
2. \`list_address_list_entries\` on the model router, with the list's name, family ipv4 and then ipv6. Only entries that are not dynamic count: those with a time or made by rules come and go by themselves, and an entry made from a host name brings dynamic ones along.
3. \`read_fleet\` with operation list_address_list_entries and the same arguments, fields address, comment, disabled and dynamic. Page until there is no nextCursor; a device with isPartial has more than one answer shows: ask it alone.
4. Compare as networks, not as text: 192.0.2.1 is 192.0.2.1/32, ranges and networks may overlap. For each router: missing, extra, disabled, same. Count first; then show only what differs.
5. What uses the list? \`list_firewall_rules\` tables filter, nat, mangle and raw: a rule that drops what is in the list, or everything that is not, decides which mistake hurts. With "not in list" an empty list locks everybody out; with a drop a too wide entry does.
6. Check every wanted entry: is a management network, the resolver, the routers' own address or 0.0.0.0/0 covered by a list that blocks? Is one too wide (shorter than /16) without a reason? Say so before anything else.
7. Only lists made for this platform (their names begin with its prefix, usually mcp-) can be changed here; others stay as they are, and people change them at the router. \`update_address_list\` changes one router at a time, at most 100 addresses at once: with dryRun on the first router, show what it would do, let the person say yes, then router after router, the least important first. Where the catalogue has a kind of plan for it, many routers are a plan: its diff, its approval by people, its canary.
8. Order on each router: add first, remove afterwards, so that nobody is cut off between the two.
9. Verify as at 3 over the same routers, and look at the counters of the rules at 5: a drop that suddenly counts thousands is a mistake.

Stop and ask people when: the wanted list is not clear, a list that blocks covers management or production addresses, more than a fifth of the entries would change, or routers disagree so much that there are really two lists.

Report: for each router same, changed, differs or not asked, with counts; the entries that differ; who has to decide what.`,
});
