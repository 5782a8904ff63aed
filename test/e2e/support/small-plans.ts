import { randomInt } from 'node:crypto';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { propose } from '../../support/plans.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** A plan for the first router only, which one approval is enough for; each asks for something else than the one before. */
export function proposeSmall(
  platform: TestPlatform,
  options: Parameters<typeof propose>[1] = {},
): Promise<PreparedPlan> {
  const input = { dnsServers: [`10.9.${randomInt(256)}.${randomInt(1, 255)}`] };
  return propose(platform, { devices: platform.devices.slice(0, 1), input, ...options });
}

/** What somebody sends who decides on the plan. */
export function decision(plan: PreparedPlan) {
  return { digest: plan.digest, comment: '' };
}

/** With which code the plan refused a decision last. */
export async function refusalOf(platform: TestPlatform, plan: PreparedPlan): Promise<string> {
  const found = await waitUntil('a refused decision', async () =>
    (await platform.database.plans.get(plan.planId))?.refusedDecisions.at(-1),
  );
  return found.code;
}
