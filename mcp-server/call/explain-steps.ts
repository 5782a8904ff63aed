import { toErrorBody } from '../../shared/errors/app-error.ts';
import { ERROR_CODES, type ErrorCode } from '../../shared/errors/codes.ts';
import { maySeeDevice, type RoleGrant } from '../../shared/domain/principal.ts';
import { CALL_STEPS, type CallStep, type CallStepName, type Passage, type StepTools } from './steps.ts';

/** What one step of the table says of a call. */
export interface ExplainedStep {
  step: string;
  asks: string;
  /** `not asked`: it depends on what only a real call tells, or on a device that was not named or not found. */
  outcome: 'passed' | 'refused' | 'not asked';
  code?: ErrorCode;
  message?: string;
  /** Rules of the access file whose grants let it pass. */
  rules?: string[];
}

/** Steps that look at nothing but the person, the action and what it is about. */
const OF_PEOPLE: readonly CallStepName[] = ['role', 'scope'];
const OF_TARGETS: readonly CallStepName[] = [
  'target',
  'role on target',
  'in service',
  'environment',
  'capability',
  'not stopped',
  'policy',
];

/** Takes the steps a call would take and goes on after a refusal, as far as a step still has what it looks at. */
export async function explainSteps(
  tools: StepTools,
  call: Passage,
  { hasTarget }: { hasTarget: boolean },
): Promise<ExplainedStep[]> {
  const explained: ExplainedStep[] = [];
  const steps: readonly CallStep[] = CALL_STEPS;
  for (const step of steps) {
    if (step.appliesTo?.(call.action) === false) continue;
    // oxlint-disable-next-line no-await-in-loop -- each step relies on those before it
    explained.push({ step: step.name, asks: step.asks, ...(await outcomeOf(tools, call, step, hasTarget)) });
  }
  return explained;
}

async function outcomeOf(
  tools: StepTools,
  call: Passage,
  step: CallStep,
  hasTarget: boolean,
): Promise<Omit<ExplainedStep, 'step' | 'asks'>> {
  const isOfTarget = OF_TARGETS.some((name) => name === step.name);
  const isAsked = OF_PEOPLE.some((name) => name === step.name) || (isOfTarget && hasTarget);
  const isFound = call.target !== null || step.name === 'target';
  if (step.run === undefined || !isAsked || (isOfTarget && !isFound)) return { outcome: 'not asked' };
  try {
    await step.run(tools, call);
    const rules = rulesFor(step.name, call);
    return { outcome: 'passed', ...(rules.length === 0 ? {} : { rules }) };
  } catch (error) {
    const { code, message } = toErrorBody(error);
    // That a step could not be taken is no answer to what it says.
    if (ERROR_CODES[code].status >= 500) throw error;
    return { outcome: 'refused', code, message };
  }
}

/** The grants that a step of the table looked for. */
function rulesFor(step: string, { action, request: { principal }, target }: Passage): string[] {
  const holdsRole = ({ roles }: RoleGrant): boolean => roles.some((role) => action.roles.includes(role));
  const devices = target?.on === 'device' ? [target.device] : target?.on === 'fleet' ? target.devices : [];
  const isCovering = (grant: RoleGrant): boolean =>
    devices.length > 0 && devices.every((device) => maySeeDevice({ grants: [grant] }, device));
  const isDecisive: Record<string, (grant: RoleGrant) => boolean> = {
    role: holdsRole,
    target: isCovering,
    'role on target': (grant) => holdsRole(grant) && isCovering(grant),
  };
  const rule = isDecisive[step];
  return rule === undefined ? [] : principal.grants.filter(rule).map((grant) => grant.rule ?? 'a rule without a name');
}
