import { parseDocument } from 'yaml';
import { policySchema, type Policy, type PolicyNames } from '../../domain/policy/policy.ts';
import { nextOpening } from '../../domain/policy/windows.ts';
import { OPERATIONS } from '../../operations/index.ts';
import { PLAN_KINDS } from '../../plans/index.ts';
import { describeIssue } from '../config/describe-issue.ts';
import { currentMs } from '../process/platform-clock.ts';

/** What names in a policy may be in this version: toolsets of which some tool writes one device, and kinds of plans. */
export const POLICY_NAMES: PolicyNames = {
  toolsets: [...new Set(OPERATIONS.filter(({ effect }) => effect !== 'read').map(({ toolset }) => toolset))],
  planKinds: PLAN_KINDS.map(({ kind }) => kind),
};

export const PolicySchema = policySchema(POLICY_NAMES);

export type ParsedPolicy = { policy: Policy; problems: [] } | { policy: null; problems: string[] };

/** Reads a policy from YAML; all problems at once, each a sentence with the key, what was given and what is allowed. */
export function parsePolicy(yaml: string, nowMs: number = currentMs()): ParsedPolicy {
  const document = parseDocument(yaml);
  if (document.errors.length > 0)
    return { policy: null, problems: document.errors.map(({ message }) => firstLine(message)) };
  const content: unknown = document.toJS() ?? {};
  const parsed = PolicySchema.safeParse(content);
  if (!parsed.success)
    return {
      policy: null,
      problems: parsed.error.issues.flatMap((issue) => describeIssue(issue, content, 'The policy')),
    };
  const problems = [...idleWindows(parsed.data), ...shutWindows(parsed.data, nowMs)];
  return problems.length > 0 ? { policy: null, problems } : { policy: parsed.data, problems: [] };
}

/** Windows in which nothing could be changed anyway. */
function idleWindows({ windows, environments }: Policy): string[] {
  const isIdle = (name: keyof Policy['environments']): boolean =>
    !environments[name].singleDeviceWrites && environments[name].planKinds?.length === 0;
  return Object.entries(windows).flatMap(([name, { appliesTo }]) => {
    const bound = appliesTo.environments ?? [];
    if (bound.length === 0 || !bound.every(isIdle)) return [];
    return [
      `windows.${name} contradicts environments: in ${bound.join(', ')} neither plans nor single devices are changed.`,
    ];
  });
}

/** Windows that their exceptions keep closed. */
function shutWindows({ windows }: Policy, nowMs: number): string[] {
  return Object.entries(windows)
    .filter(([, window]) => nextOpening(window, nowMs) === null)
    .map(([name]) => `windows.${name} does not open within 400 days; allowed are exceptions that leave some day.`);
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '.') ?? message;
}
