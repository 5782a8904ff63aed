import type { z } from 'zod';
import type { PlanShape } from './plan-shape.ts';

type ShownPlan = z.output<typeof PlanShape>;
type ShownDevice = ShownPlan['devices'][number];
type ShownGroup = ShownPlan['groups'][number];

/** An answer up to this long is given whole: about ten thousand tokens. */
const WHOLE_UP_TO_CHARS = 40_000;
/** Of a longer one: devices that are listed, names spelled out at once, and how much of the diffs. */
const MOST_DEVICES = 40;
const MOST_NAMES = 20;
const DIFF_CHARS = 20_000;

/** What a device is in when there is nothing more to say of it than the counts do. */
const USUAL: ReadonlySet<ShownDevice['status']> = new Set(['pending', 'applied', 'skipped', 'rolled_back']);

/**
 * A plan as a model gets it. The same diff is not repeated for each of a thousand devices: `groups` has it once, and what is
 * left out is counted in `omitted`; what is brief already stays as it is. Over HTTP and in the command line plans are always
 * whole. Pure.
 */
export function briefPlan(plan: ShownPlan): ShownPlan {
  if (plan.omitted !== undefined) return plan;
  if (JSON.stringify(plan).length <= WHOLE_UP_TO_CHARS) return plan;
  const { telling = [], usual = [] } = Object.groupBy(plan.devices, ({ status, error }) =>
    error !== undefined || !USUAL.has(status) ? 'telling' : 'usual',
  );
  const devices = [...telling, ...usual].slice(0, MOST_DEVICES).map((device) => ({ ...device, changes: [] }));
  const groups = briefGroups(plan.groups);
  const lines = (shown: readonly ShownGroup[]): number => shown.reduce((sum, { changes }) => sum + changes.length, 0);
  return {
    ...plan,
    preChecks: plan.preChecks.map((check) => ({ ...check, devices: check.devices.slice(0, MOST_NAMES) })),
    devices,
    groups,
    omitted: { devices: plan.devices.length - devices.length, changes: lines(plan.groups) - lines(groups) },
  };
}

function briefGroups(groups: readonly ShownGroup[]): ShownGroup[] {
  const brief: ShownGroup[] = [];
  let left = DIFF_CHARS;
  for (const { deviceIds, names, changes, ...group } of groups) {
    if (left <= 0) break;
    const shown: ShownGroup['changes'] = [];
    for (const change of changes) {
      left -= JSON.stringify(change).length;
      if (left <= 0) break;
      shown.push(change);
    }
    // One of which nothing can be told is left out, unless it is the only one.
    if (shown.length === 0 && brief.length > 0) break;
    brief.push({
      ...group,
      deviceIds: deviceIds.slice(0, MOST_NAMES),
      names: names.slice(0, MOST_NAMES),
      changes: shown,
    });
    left -= JSON.stringify(brief.at(-1)).length - JSON.stringify(shown).length;
  }
  return brief;
}
