import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { renderPlan } from './render-plan.ts';

interface Flags extends ConnectionFlags {
  comment?: string;
}

/** `convoy plan replan`. */
export function replanCommand(): Command {
  return withConnection(new Command('replan'))
    .description('propose the wish of a plan once more, for its devices as they are now')
    .argument('<planId>', 'id of a plan that is finished or waits for approval')
    .option('--comment <text>', 'why; default: the comment of the old plan')
    .action(async (planId: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read fleet:plan');
      const plan = await client.replan(planId, { comment: flags.comment ?? '' });
      if (flags.json) {
        printJson(plan);
        return;
      }
      print(renderPlan(plan));
      if (plan.leftOut.length > 0) print(`left out, out of service: ${plan.leftOut.map(plainText).join(', ')}`);
    });
}
