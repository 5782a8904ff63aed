import { groupsOf } from '../../../shared/domain/plan-groups.ts';
import { rulesAfter, type StandingRule } from '../../../shared/plans/firewall/rule-order.ts';
import { findPlanKind } from '../../../shared/plans/index.ts';
import type { PlanStore, StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';

/** A stretch of the rules of a chain around what a plan does there. */
export interface RuleStretch {
  menu: string;
  chain: string;
  /** Rules, and between them how many are left out. */
  lines: (StandingRule | number)[];
}

/** How rules will stand on the first device of each group of equal diffs, by its id. */
export type RuleOrders = ReadonlyMap<string, readonly RuleStretch[]>;

/** Groups whose rules are shown: one device is read for each. */
const MOST_GROUPS = 10;
/** Rules shown on both sides of one that the plan is about. */
const NEIGHBOURS = 2;

/** Of a plan that is about rules whose order matters; of others, and of one that is not prepared, nothing. */
export async function ruleOrdersOf(plans: Pick<PlanStore, 'worked'>, plan: StoredPlan): Promise<RuleOrders> {
  const kind = findPlanKind(plan.kind);
  if (kind?.rules === undefined) return new Map();
  const input = kind.input.parse(plan.input);
  const firsts = groupsOf(plan.devices)
    .slice(0, MOST_GROUPS)
    .flatMap(({ deviceIds }) => deviceIds.slice(0, 1));
  const worked = await plans.worked(plan.planId, firsts);
  return new Map(
    worked.map(({ deviceId, captured, steps }) => {
      const menus = new Map<string, StandingRule[]>();
      for (const { menu, rules } of kind.rules?.(kind.current.parse(captured), input) ?? []) {
        // Of several parts on one menu the first was worked out on the rules as they are.
        if (!menus.has(menu)) menus.set(menu, rulesAfter(menu, rules, steps));
      }
      return [deviceId, [...menus].flatMap(([menu, rules]) => stretchesOf(menu, rules))];
    }),
  );
}

function stretchesOf(menu: string, rules: readonly StandingRule[]): RuleStretch[] {
  const chains = Map.groupBy(rules, ({ values }) => values['chain'] ?? '');
  return [...chains].flatMap(([chain, ofChain]) => {
    const touched = ofChain.flatMap(({ is }, index) => (is === 'kept' ? [] : [index]));
    return touched.length === 0 ? [] : [{ menu, chain, lines: linesAround(ofChain, touched) }];
  });
}

function linesAround(rules: readonly StandingRule[], touched: readonly number[]): (StandingRule | number)[] {
  const lines: (StandingRule | number)[] = [];
  let leftOut = 0;
  for (const [index, rule] of rules.entries()) {
    if (!touched.some((at) => Math.abs(at - index) <= NEIGHBOURS)) {
      leftOut += 1;
      continue;
    }
    if (leftOut > 0) lines.push(leftOut);
    leftOut = 0;
    lines.push(rule);
  }
  return leftOut > 0 ? [...lines, leftOut] : lines;
}
