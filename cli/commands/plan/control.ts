import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { plainText } from '../../client/plain-text.ts';
import { awaitPlan } from './await-plan.ts';

interface Flags extends ConnectionFlags {
  comment?: string;
}

/** Time in which a running platform shows that a signal was taken. */
const SHOWN_WITHIN_MS = 15_000;

/** `convoy plan pause|resume|abort|rollback`. */
export function controlPlanCommand(signal: 'pause' | 'resume' | 'abort' | 'rollback', description: string): Command {
  return withConnection(new Command(signal))
    .description(description)
    .argument('<planId>', 'id of the plan')
    .option('--comment <text>', 'why')
    .action(async (planId: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read fleet:plan fleet:approve');
      const before = await client.getPlan(planId);
      await client.signalPlan(planId, signal, { comment: flags.comment ?? '' });
      const changed = await awaitPlan(
        client,
        planId,
        (now) => now.status !== before.status || now.statusReason !== before.statusReason,
        SHOWN_WITHIN_MS,
      );
      const plan = changed ?? before;
      if (flags.json) {
        printJson(plan);
        return;
      }
      const reason = plan.statusReason === null ? '' : ` (${plainText(plan.statusReason)})`;
      const lead =
        changed === null ? 'Sent; it takes effect after the batch that runs now. The plan is' : 'The plan is';
      print(`${lead} ${plan.status.replaceAll('_', ' ')}${reason}.`);
    });
}
