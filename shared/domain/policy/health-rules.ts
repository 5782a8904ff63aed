import { z } from 'zod';
import { HEALTH_RULES, SWEPT_MEASURES, type HealthRules, type SweptMeasure } from '../health-limits.ts';
import { contradiction, PolicyObject, whole } from './policy-fields.ts';
import { AppliesTo, appliesTo, type PolicyTarget } from './policy-target.ts';

const from = (least: number, most: number) => {
  const error = `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};

const limit = (value: () => z.ZodNumber) =>
  PolicyObject({
    degraded: value().describe('From this value on the device is degraded'),
    critical: value().describe('From this value on it is critical'),
  }).superRefine(({ degraded, critical }, context) => {
    if (degraded < critical) return;
    contradiction(
      context,
      ['critical'],
      `is ${critical}, which contradicts degraded: ${degraded}; allowed is more than that`,
    );
  });

const Limit = limit(() => from(0.1, 100));
/** No board works at more. */
const TemperatureLimit = limit(() => from(1, 150));

/** A board that is fed by one cable on purpose has one that does not work; no board has more than eight. */
const SuppliesLimit = limit(() => whole(1, 9));

const checks = () => whole(1, 20).optional();

/** When devices of the rule are healthy and when not. What it leaves out is as in an earlier rule, or as usual. */
export const HealthRule = PolicyObject({
  appliesTo: AppliesTo.describe('The devices the rule is about; of several rules the last one in the file counts'),
  cpuLoadPercent: Limit.optional().describe('CPU load'),
  memoryUsedPercent: Limit.optional().describe('Memory in use'),
  diskUsedPercent: Limit.optional().describe('Disk in use'),
  badBlocksPercent: Limit.optional().describe('Bad blocks of the disk'),
  temperatureCelsius: TemperatureLimit.optional().describe(
    'Highest temperature of the sensors, as it was last collected',
  ),
  failedSupplies: SuppliesLimit.optional().describe('Power supplies that do not work, as was last collected'),
  margin: whole(0, 50)
    .optional()
    .describe(
      'Points by which a value must be below a limit before it counts as below it again, at most a quarter of it',
    ),
  unreachableAfter: checks().describe('Checks in a row without an answer after which a device is unreachable'),
  worseAfter: checks().describe('Checks in a row that find it worse, after which it is'),
  betterAfter: checks().describe('Checks in a row that find it better, after which it is'),
}).superRefine((rule, context) => {
  const given = Object.entries(rule).filter(([key, value]) => key !== 'appliesTo' && value !== undefined);
  if (given.length > 0) return;
  contradiction(
    context,
    [],
    'sets nothing; allowed is at least one measure, or after how many checks a status changes',
  );
});
export type HealthRule = z.output<typeof HealthRule>;

/** When the device's status changes: of each setting what the last rule says that is about it. Pure. */
export function healthRulesOf(
  { health }: { health: Readonly<Record<string, HealthRule>> },
  target: PolicyTarget,
): HealthRules {
  const rules = Object.values(health).filter((rule) => appliesTo(rule.appliesTo, target));
  const last = <Key extends keyof HealthRule>(key: Key) => rules.findLast((rule) => rule[key] !== undefined)?.[key];
  const limits = SWEPT_MEASURES.map((measure) => [measure, last(measure) ?? HEALTH_RULES.limits[measure]] as const);
  return {
    limits: Object.fromEntries(limits) as Record<SweptMeasure, HealthRules['limits'][SweptMeasure]>,
    margin: last('margin') ?? HEALTH_RULES.margin,
    unreachableAfter: last('unreachableAfter') ?? HEALTH_RULES.unreachableAfter,
    worseAfter: last('worseAfter') ?? HEALTH_RULES.worseAfter,
    betterAfter: last('betterAfter') ?? HEALTH_RULES.betterAfter,
  };
}
