import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { renderPlan } from './render-plan.ts';

/** `convoy plan show`. */
export function showPlanCommand(): Command {
  return withConnection(new Command('show'))
    .description('a plan: what it changes where, who decided, and how far it is')
    .argument('<planId>', 'id of the plan')
    .action(async (planId: string, flags: ConnectionFlags) => {
      const { client } = await connect(flags, 'fleet:read');
      const plan = await client.getPlan(planId);
      if (flags.json) printJson(plan);
      else print(renderPlan(plan));
    });
}
