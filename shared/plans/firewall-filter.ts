import { z } from 'zod';
import { RouterValues, type Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import type { Router } from '../routeros/router.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { dangerOf } from './firewall/dangers.ts';
import type { Table } from './firewall/filter-table.ts';
import {
  captureInterfaces,
  captureManagement,
  FACT_MENUS,
  InterfaceFacts,
  ManagementFacts,
} from './firewall/management-facts.ts';
import { FirewallInput, refuseChanges } from './firewall/rule-changes.ts';
import { refuseMissingInterfaces } from './firewall/named-interfaces.ts';
import { captureRule } from './firewall/rule-values.ts';
import { sequencesTo } from './firewall/rule-sequence.ts';
import { wantedTable } from './firewall/wanted-table.ts';
import { fleetReasons } from './fleet-risk.ts';

const FILTERS = { ipv4: '/ip/firewall/filter', ipv6: '/ipv6/firewall/filter' } as const;

const FilterState = z.strictObject({
  /** Configured rules in their order, without those that the router made itself. */
  rules: z.array(RouterValues),
  interfaces: InterfaceFacts,
  management: ManagementFacts.nullable(),
});
type FilterState = z.infer<typeof FilterState>;

export const firewallFilter = definePlan({
  kind: 'firewall_filter',
  title: 'Firewall filter rules',
  summary:
    'Adds, modifies, moves or removes filter rules of input, forward, output and own chains; all other rules keep their order.',
  phase: 3,
  flag: 'allowFirewallWrites',
  paths: [...Object.values(FILTERS), ...FACT_MENUS],
  input: FirewallInput,
  refuse: refuseChanges,
  current: FilterState,
  capture: async (router, { input: { family } }) => ({
    rules: await captureRules(router, FILTERS[family]),
    interfaces: await captureInterfaces(router),
    management: await captureManagement(router, family),
  }),
  steps: filterSteps,
  rules: ({ rules }, { family }) => [{ menu: FILTERS[family], together: 'chain', rules }],
  risk: assessRisk,
  example: {
    changes: [
      {
        op: 'add',
        chain: 'input',
        ruleId: 'allow-ntp',
        rule: {
          action: 'accept',
          protocol: 'udp',
          dstPort: '123',
          srcAddress: '10.0.0.0/8',
          comment: 'NTP for our sites',
        },
        place: 'top',
      },
    ],
  },
});

/** All fields: a matcher that is not known here must be seen too, or the rule would be taken for a wider one. */
async function captureRules(router: Router, menu: string): Promise<RouterValues[]> {
  return (await router.list(menu, { configuredOnly: true }))
    .filter(({ dynamic }) => dynamic !== 'true')
    .map(captureRule);
}

function filterSteps(current: FilterState, input: FirewallInput): Step[] {
  const table: Table = current.rules.map((values, id) => ({ id, values }));
  refuseMissingInterfaces(current.interfaces, input);
  const wanted = wantedTable(table, input);
  const { added, moved, changed, removed } = wanted;
  if (added.length + moved.length + changed.length + removed.length === 0) return [];
  assertSettles(wanted.final, input);
  let danger: AppError | null = null;
  for (const { steps, tables } of sequencesTo(FILTERS[input.family], table, wanted)) {
    // On the way as well as at the end: each step is written alone.
    const found = [...tables].reverse().flatMap((after) => dangerOf(table, after, current) ?? [])[0];
    if (found === undefined) return steps;
    danger ??= found;
  }
  throw danger ?? new AppError('INTERNAL_ERROR', { message: 'No sequence of steps was found.' });
}

/** Asked for again, the same changes must find nothing to do: otherwise they contradict each other. */
function assertSettles(final: Table, input: FirewallInput): void {
  const again = wantedTable(
    final.map(({ values }, id) => ({ id, values })),
    input,
  );
  if ([again.added, again.moved, again.changed, again.removed].every(({ length }) => length === 0)) return;
  throw new AppError('VALIDATION_ERROR', {
    message: 'The changes contradict each other: made once, they would ask for more.',
    hint: 'Name rules by ruleId, place them by rules that do not change, or propose two plans.',
  });
}

/** Packets that go through the router, and not to it. */
const FORWARD = 'forward';

function assessRisk(facts: RiskFacts, { changes }: FirewallInput): { risk: Risk; reasons: string[] } {
  const chains = [...new Set(changes.map(({ chain }) => chain))].filter((chain) => chain !== FORWARD);
  const notes = changes.some(isFasttrack)
    ? ['connections that are fasttracked pass by all rules behind, drops included']
    : [];
  const reasons = [
    ...chains.map((chain) => `chain ${chain} ${NEAR[chain] ?? 'can be part of the way by which devices are managed'}`),
    ...fleetReasons(facts),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons: [...reasons, ...notes] };
  return { risk: 'medium', reasons: ['traffic through the devices is let through or refused', ...notes] };
}

const NEAR: Readonly<Record<string, string>> = {
  input: 'decides who reaches the devices themselves, management included',
  output: 'decides what the devices answer, management included',
};

function isFasttrack(change: FirewallInput['changes'][number]): boolean {
  if (change.op === 'add') return change.rule.action === 'fasttrack-connection';
  return 'match' in change.rule && change.rule.match.action === 'fasttrack-connection';
}
