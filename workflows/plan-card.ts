import type { PlanWorkflowInput, PreparedPlan } from '../shared/contract/plan-messages.ts';
import type { PlanStatus } from '../shared/domain/plan.ts';
import { sayReasons } from '../shared/domain/say-risk.ts';
import { sayRollout } from '../shared/domain/say-rollout.ts';
import type { Votes } from './plan-decisions.ts';

/** What the card says of a plan at this moment. */
export interface PlanCardFacts {
  input: PlanWorkflowInput;
  status: PlanStatus;
  statusReason: string | null;
  prepared: PreparedPlan | null;
  votes: Votes;
  /** Until when its approvals hold, ISO 8601; null while it is not approved, and where they hold for ever. */
  approvalValidUntil: string | null;
}

/**
 * The Markdown card an approver reads on the workflow's page. Kept short: the page passes it on in a URL, and router
 * text in it has been fenced by whoever made the diff.
 */
export function planCard({ input, status, statusReason, prepared, votes, approvalValidUntil }: PlanCardFacts): string {
  const lines = [`## ${HEADING[status]}`, ''];
  if (statusReason) lines.push(code(statusReason, 1_000), '');
  if (!prepared) return lines.join('\n');
  lines.push(
    '| | |',
    '|---|---|',
    `| Asked by | ${code(input.requestedByName)} |`,
    `| Change | ${input.kind}, ${prepared.toChange} device(s) in **${input.environment}**${prepared.skipped > 0 ? `, ${prepared.skipped} already so` : ''} |`,
    `| Risk | **${prepared.risk}**${sayReasons(prepared.riskReasons)} |`,
    `| Approvals | ${votes.approvals.filter((vote) => vote.decision === 'approve').length} of ${prepared.approvalsNeeded}${approvalValidUntil === null ? '' : `, valid until ${approvalValidUntil}`} |`,
    `| Expires | ${input.expiresAt} |`,
    ...(isStillToBegin(status) ? rolloutRows(input, prepared) : []),
    '',
    prepared.diffMarkdown,
    '',
  );
  if (status === 'awaiting_approval') {
    lines.push(
      `All of it on one page, with a form to decide: \`/plans/${prepared.planId}\` at this very site.`,
      '',
      `Or choose **Send a Signal**, signal \`approve\` or \`reject\`, with this input${prepared.approvalCommentRequired ? ' (the comment must say why)' : ''}:`,
      '',
      '```json',
      '{',
      ' "digest":',
      `"${prepared.digest}",`,
      ' "comment": "why"',
      '}',
      '```',
    );
  }
  const lastRefused = votes.refused.at(-1);
  if (lastRefused) lines.push('', `Last decision that did not count: ${lastRefused.code}. ${lastRefused.message}`);
  return lines.join('\n');
}

/** The plan's page has all of them. */
const MOST_WARNINGS = 4;

/** What would happen: of no use once it does, and the card has little room. */
function rolloutRows({ rollout }: PlanWorkflowInput, { toChange, preChecks = [] }: PreparedPlan): string[] {
  const { how, start, onFailure, takeBack } = sayRollout(rollout, toChange);
  const warnings = preChecks.filter(({ result }) => result !== 'ok').slice(0, MOST_WARNINGS);
  return [
    ...warnings.map(({ message }) => `| Read first | ${code(message, 200)} |`),
    `| How | ${how} ${start} |`,
    `| If it fails | ${onFailure} |`,
    `| Taking it back | ${takeBack} |`,
  ];
}

function isStillToBegin(status: PlanStatus): boolean {
  return status === 'awaiting_approval' || status === 'approved';
}

/** Text that people write themselves, kept from forging the lines around it. */
function code(text: string, atMost = 120): string {
  const line = text.replace(/[`|\r\n]/g, ' ');
  const shown = line.length > atMost ? `${line.slice(0, atMost - 1).toWellFormed()}…` : line;
  return `\`${shown}\``;
}

const HEADING: Record<PlanStatus, string> = {
  preparing: 'Reading the devices',
  awaiting_approval: 'Waiting for approval',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  cancelled: 'Cancelled',
  rolling_out: 'Rolling out',
  paused: 'Paused: a person is needed',
  completed: 'Completed',
  failed: 'Failed',
  rolling_back: 'Rolling back',
  rolled_back: 'Rolled back',
  rollback_incomplete: 'Rolled back, but not everywhere: a person is needed',
};
