import { Command } from 'commander';
import { controlPlanCommand } from './control.ts';
import { decidePlanCommand } from './decide.ts';
import { listPlansCommand } from './list.ts';
import { replanCommand } from './replan.ts';
import { showPlanCommand } from './show.ts';
import { watchPlanCommand } from './watch.ts';

/** `convoy plan …`. */
export function planCommand(): Command {
  return new Command('plan')
    .description('look at plans, decide on them, steer their rollouts')
    .addCommand(listPlansCommand())
    .addCommand(showPlanCommand())
    .addCommand(watchPlanCommand())
    .addCommand(decidePlanCommand('approve'))
    .addCommand(decidePlanCommand('reject'))
    .addCommand(replanCommand())
    .addCommand(controlPlanCommand('pause', 'begin no more devices for now'))
    .addCommand(controlPlanCommand('resume', 'go on with a paused rollout'))
    .addCommand(controlPlanCommand('abort', 'start no more devices; what is changed stays changed'))
    .addCommand(controlPlanCommand('skip', 'leave devices out that are not changed yet'))
    .addCommand(controlPlanCommand('retry', 'try devices that failed once more'))
    .addCommand(controlPlanCommand('rollback', 'put every changed device back'));
}
