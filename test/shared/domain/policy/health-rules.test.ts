import { expect, test } from 'vitest';
import { HEALTH_RULES } from '../../../../shared/domain/health-limits.ts';
import { healthRulesOf } from '../../../../shared/domain/policy/health-rules.ts';
import { parsePolicy } from '../../../../shared/platform/policy/parse-policy.ts';

const device = (name: string, environment: 'lab' | 'prod' = 'lab') => ({ name, environment, tags: [] });

test('of several rules about a device the last one that says something counts, setting by setting', () => {
  const { policy, problems } = parsePolicy(`
health:
  everywhere: { appliesTo: { all: true }, cpuLoadPercent: { degraded: 60, critical: 90 }, unreachableAfter: 5 }
  prod: { appliesTo: { environments: [prod] }, cpuLoadPercent: { degraded: 50, critical: 70 }, margin: 2 }
  one-box: { appliesTo: { devices: [core-1] }, memoryUsedPercent: { degraded: 97, critical: 99.5 } }
`);
  expect(problems).toEqual([]);
  expect(healthRulesOf(policy!, device('edge-1'))).toMatchObject({
    limits: { ...HEALTH_RULES.limits, cpuLoadPercent: { degraded: 60, critical: 90 } },
    unreachableAfter: 5,
    margin: 5,
  });
  expect(healthRulesOf(policy!, device('core-1', 'prod'))).toEqual({
    ...HEALTH_RULES,
    limits: {
      ...HEALTH_RULES.limits,
      cpuLoadPercent: { degraded: 50, critical: 70 },
      memoryUsedPercent: { degraded: 97, critical: 99.5 },
    },
    unreachableAfter: 5,
    margin: 2,
  });
  expect(healthRulesOf({ health: {} }, device('edge-1'))).toEqual(HEALTH_RULES);
});

test('thresholds that contradict each other are refused with the reason', () => {
  const problemsOf = (rule: string) => parsePolicy(`health: { one: { appliesTo: { all: true }, ${rule} } }`).problems;
  expect(problemsOf('diskUsedPercent: { degraded: 95, critical: 90 }')).toEqual([
    'health.one.diskUsedPercent.critical is 90, which contradicts degraded: 95; allowed is more than that.',
  ]);
  expect(problemsOf('diskUsedPercent: { degraded: 95 }')).toEqual([
    'health.one.diskUsedPercent.critical is missing; allowed is a number from 0.1 to 100.',
  ]);
  expect(problemsOf('unreachableAfter: 0')).toEqual([
    'health.one.unreachableAfter: given 0, allowed is a whole number from 1 to 20.',
  ]);
  expect(problemsOf('temperatureCelsius: { degraded: 80, critical: 75 }')).toEqual([
    'health.one.temperatureCelsius.critical is 75, which contradicts degraded: 80; allowed is more than that.',
  ]);
  expect(problemsOf('temperatureCelsius: { degraded: 80, critical: 500 }')).toEqual([
    'health.one.temperatureCelsius.critical: given 500, allowed is a number from 1 to 150.',
  ]);
  expect(problemsOf('failedSupplies: { degraded: 0, critical: 2 }')).toEqual([
    'health.one.failedSupplies.degraded: given 0, allowed is a whole number from 1 to 9.',
  ]);
  expect(problemsOf('')).toEqual([expect.stringContaining('health.one sets nothing')]);
  expect(problemsOf('cpuPercent: { degraded: 1, critical: 2 }')[0]).toContain(
    'health.one.cpuPercent is not known here',
  );
});
