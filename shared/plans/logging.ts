import type { Risk } from '../domain/plan.ts';
import { LOUD_TOPICS } from '../routeros/log-topics.ts';
import { overlaps, parsePrefix } from '../routeros/prefixes.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';
import { ACTION, captureLogging, LoggingState, loggingSteps, RULE } from './logging/steps.ts';
import { LoggingInput, refuseLogging } from './logging/wish.ts';

/** RFC 1918, RFC 6598, RFC 4193 and links: what stays within an organisation. */
const OWN_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', 'fc00::/7'];

export const logging = definePlan({
  kind: 'logging',
  title: 'Logging actions and rules',
  summary:
    'Proposes what routers log and where to: memory, disk and remote syslog actions, and rules by topic. Others stay.',
  phase: 3,
  paths: [RULE, ACTION],
  input: LoggingInput,
  refuse: refuseLogging,
  current: LoggingState,
  capture: (router) => captureLogging(router),
  steps: loggingSteps,
  risk: assessRisk,
  example: {
    actions: [{ name: 'central', target: 'remote', remote: '10.20.0.5', facility: 'local0' }],
    rules: [{ topics: ['error'], action: 'central' }],
  },
});

function assessRisk(facts: RiskFacts, { actions, rules }: LoggingInput): { risk: Risk; reasons: string[] } {
  const outside = actions.find(({ remote }) => remote !== undefined && isOutside(remote))?.remote;
  const isLess = rules.some(({ state, enabled }) => state === 'absent' || enabled === false);
  const reasons = [
    ...fleetReasons(facts),
    ...(isLess ? ['rules are removed or disabled: what they kept is missing when something is looked into'] : []),
    ...(outside === undefined ? [] : [`log lines leave to ${outside} over the internet, readable on the way`]),
    ...(rules.some(({ state, topics }) => state === 'present' && topics.some((topic) => LOUD_TOPICS.has(topic)))
      ? ['lines of debug, packet or raw may be very many, and show what traffic holds']
      : []),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  return { risk: 'medium', reasons: ['what is logged, or where it is kept, changes'] };
}

function isOutside(address: string): boolean {
  const prefix = parsePrefix(address);
  return prefix !== null && !OWN_NETWORKS.some((text) => overlaps(parsePrefix(text)!, prefix));
}
