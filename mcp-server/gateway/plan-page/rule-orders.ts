import type { Step } from '../../../shared/domain/change.ts';
import { groupsOf } from '../../../shared/domain/plan-groups.ts';
import { rulesAfter, type StandingRule } from '../../../shared/plans/firewall/rule-order.ts';
import type { OrderedRules } from '../../../shared/plans/define-plan.ts';
import { findPlanKind } from '../../../shared/plans/index.ts';
import type { PlanStore, StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';

/** A stretch of the rules of a chain, or of the routes to a destination, around what a plan does there. */
export interface RuleStretch {
  menu: string;
  /** The field in which they agree, and what it holds. */
  together: OrderedRules['together'];
  value: string;
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
      const menus = new Map<string, OrderedRules>();
      for (const ordered of kind.rules?.(kind.current.parse(captured), input) ?? []) {
        // Of several parts on one menu the first was worked out on the rules as they are.
        if (!menus.has(ordered.menu)) menus.set(ordered.menu, ordered);
      }
      return [deviceId, [...menus.values()].flatMap((ordered) => stretchesOf(ordered, steps))];
    }),
  );
}

function stretchesOf({ menu, together, rules }: OrderedRules, steps: readonly Step[]): RuleStretch[] {
  const groups = Map.groupBy(rulesAfter(menu, rules, steps), ({ values }) => values[together] ?? '');
  return [...groups].flatMap(([value, standing]) => {
    const touched = standing.flatMap(({ is }, index) => (is === 'kept' ? [] : [index]));
    return touched.length === 0 ? [] : [{ menu, together, value, lines: linesAround(standing, touched) }];
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
