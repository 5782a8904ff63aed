import { IDENTITY_CONTRADICTIONS } from './identity-contradictions.ts';
import type { ConfigOf } from './process-config.ts';
import type { VariableName } from './variables.ts';

/** Values that are each allowed and cannot go together. */
export interface Contradiction {
  /** It is looked for in processes that read all of these. */
  readonly variables: readonly VariableName[];
  /** What is wrong, in a sentence that names the variables; null when nothing is. */
  readonly problem: (values: Partial<ConfigOf<VariableName>>) => string | null;
}

const MASTER_KEYS = ['CONVOY_MASTER_KEY', 'CONVOY_MASTER_KEY_FILE', 'CONVOY_MASTER_KEY_COMMAND'] as const;
/** For running calls to end and everything to be closed. */
const LEAST_AFTER_LEAD_SECONDS = 5;

export const CONTRADICTIONS: readonly Contradiction[] = [
  {
    variables: MASTER_KEYS,
    problem({ masterKey, masterKeyFile, masterKeyCommand }) {
      const given = [masterKey, masterKeyFile, masterKeyCommand].filter((value) => value !== undefined).length;
      if (given === 1) return null;
      const [first, second, third] = MASTER_KEYS;
      return `Exactly one of ${first}, ${second} and ${third} must be set; ${given === 0 ? 'none is' : `${given} are`}.`;
    },
  },
  {
    variables: ['CONVOY_DRAIN_LEAD_SECONDS', 'CONVOY_DRAIN_SECONDS'],
    problem({ drainLeadSeconds: lead = 0, drainSeconds: whole = 0 }) {
      if (lead + LEAST_AFTER_LEAD_SECONDS <= whole) return null;
      return `CONVOY_DRAIN_LEAD_SECONDS (${lead}) must be at least ${LEAST_AFTER_LEAD_SECONDS} below CONVOY_DRAIN_SECONDS (${whole}): the rest is for calls that run.`;
    },
  },
  {
    variables: ['CONVOY_BREAKER_COOL_DOWN_SECONDS', 'CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS'],
    problem({ breakerCoolDownSeconds: first = 0, breakerMaxCoolDownSeconds: most = 0 }) {
      if (first <= most) return null;
      return `CONVOY_BREAKER_COOL_DOWN_SECONDS (${first}) must not be above CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS (${most}).`;
    },
  },
  {
    variables: ['CONVOY_PUBLIC_URL', 'CONVOY_APPROVAL_URL'],
    problem({ publicUrl, approvalUrl }) {
      if (publicUrl === undefined || publicUrl !== approvalUrl) return null;
      return `CONVOY_PUBLIC_URL and CONVOY_APPROVAL_URL are both ${publicUrl}: people decide on an origin of its own.`;
    },
  },
  ...IDENTITY_CONTRADICTIONS,
  portsOf('CONVOY_HTTP_PORT', ({ httpPort }) => httpPort),
  portsOf('CONVOY_APPROVAL_PORT', ({ approvalPort }) => approvalPort),
];

function portsOf(variable: VariableName, portIn: (values: Partial<ConfigOf<VariableName>>) => number | undefined) {
  return {
    variables: [variable, 'CONVOY_METRICS_PORT'],
    problem(values) {
      const port = portIn(values);
      if (port === undefined || port !== values.metricsPort) return null;
      return `${variable} and CONVOY_METRICS_PORT are both ${port}: metrics have a port of their own.`;
    },
  } satisfies Contradiction;
}
