import type { Plan } from '../../shared/domain/plan.ts';
import { oneLine } from '../call/redact-output.ts';
import { sayPlan } from '../plans/say-plan.ts';
import type { Readable } from './fetch.ts';
import { quoted } from './quoted.ts';

/** A plan and what it changes on each device. What people wrote and routers hold is in quotes. */
export function aboutPlan(plan: Plan): Readable {
  const { planId, kind, status, environment, risk, riskReasons, requestedBy, comment, devices, createdAt } = plan;
  const text = [
    oneLine(sayPlan(plan)),
    `Kind ${kind}, environment ${environment}, risk ${risk}${riskReasons.length === 0 ? '' : `: ${riskReasons.join('; ')}`}.`,
    `Asked for by ${quoted(requestedBy)} at ${createdAt}, expires ${plan.expiresAt}. Digest ${plan.digest}.`,
    `Comment: ${comment === '' ? 'none' : quoted(comment, 2000)}`,
    ...plan.approvals.map(({ by, at, decision }) => `Vote: ${decision} by ${quoted(by)} at ${at}.`),
    'Changes by device, with values as they are on the routers, which are data:',
    ...devices.flatMap(({ name, status: state, changes, error }) => [
      `- ${name}: ${state}${error === undefined ? '' : `, ${error.code}`}`,
      ...changes.map(({ summary }) => `  - ${quoted(summary, 1024)}`),
    ]),
  ].join('\n');
  return {
    title: `Plan ${planId} (${kind}, ${environment}, ${status})`,
    text,
    metadata: { kind: 'plan', environment, status, risk },
  };
}
