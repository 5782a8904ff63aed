import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { plainText } from '../../client/plain-text.ts';
import type { PlanView } from '../../client/shapes.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { ask, confirm, isInteractive, print, printJson, tell } from '../terminal.ts';
import { awaitPlan } from './await-plan.ts';
import { renderPlan } from './render-plan.ts';

interface Flags extends ConnectionFlags {
  comment?: string;
  digest?: string;
  yes?: true;
}

/** Time in which a running platform counts a vote. */
const COUNTED_WITHIN_MS = 30_000;

/** `convoy plan approve` and `convoy plan reject`. */
export function decidePlanCommand(decision: 'approve' | 'reject'): Command {
  return withConnection(new Command(decision))
    .description(`${decision} a plan that waits for approval, after showing what it changes`)
    .argument('<planId>', 'id of the plan')
    .option('--comment <text>', 'why')
    .option('--digest <sha256>', 'decide only if the plan has this digest (default: the digest just shown)')
    .option('--yes', 'do not ask')
    .action(async (planId: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read fleet:approve');
      const plan = await client.getPlan(planId);
      tell(renderPlan(plan));
      const comment = await commentFor(plan, decision, flags);
      if (!flags.yes && isInteractive() && !(await confirm(`\n${decision} this plan?`))) {
        throw new CliError('CANCELLED', 'Nothing was sent.');
      }
      const digest = flags.digest ?? plan.digest;
      const { by } = await client.signalPlan(planId, decision, { digest, comment });
      const after = await awaitPlan(client, planId, (now) => isSeen(now, plan, by), COUNTED_WITHIN_MS);
      if (after === null) throw notSeen(planId);
      const refused = after.refusedDecisions.slice(plan.refusedDecisions.length).findLast((vote) => vote.by === by);
      const own = after.approvals.find((vote) => vote.by === by);
      if (own === undefined && refused) {
        throw new CliError(refused.code, `The decision was not counted: ${plainText(refused.message)}`);
      }
      if (flags.json) printJson(after);
      else print(`\n${sayCounted(after, decision)}`);
    });
}

/** What the person says of it; where votes must say why, they are asked. */
async function commentFor(
  plan: PlanView,
  decision: 'approve' | 'reject',
  { comment = '', yes }: Flags,
): Promise<string> {
  if (!plan.approvalCommentRequired || comment.trim() !== '') return comment;
  const answer = !yes && isInteractive() ? await ask(`\nWhy do you ${decision} it? `) : '';
  if (answer !== '') return answer;
  throw new CliError('APPROVAL_COMMENT_REQUIRED', 'Votes on this plan must say why, so nothing was sent.', {
    hint: `Add --comment "…" to convoy plan ${decision}.`,
  });
}

function isSeen(now: PlanView, before: PlanView, by: string): boolean {
  const isCounted = now.approvals.some((vote) => vote.by === by);
  return isCounted || now.refusedDecisions.slice(before.refusedDecisions.length).some((vote) => vote.by === by);
}

function sayCounted(plan: PlanView, decision: 'approve' | 'reject'): string {
  if (decision === 'reject') return `Counted: the plan is ${plan.status.replaceAll('_', ' ')}.`;
  const approved = plan.approvals.filter((vote) => vote.decision === 'approve').length;
  const missing = plan.approvalsNeeded - approved;
  const next = missing > 0 ? `${missing} more needed` : `the plan is ${plan.status.replaceAll('_', ' ')}`;
  return `Counted: ${approved} of ${plan.approvalsNeeded} approvals; ${next}.`;
}

function notSeen(planId: string): CliError {
  return new CliError('TIMEOUT', 'The decision was sent, but the plan does not show it yet.', {
    hint: `Look again with: convoy plan show ${planId}`,
  });
}
