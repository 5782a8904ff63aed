import { Command } from 'commander';
import { listSchedulesCommand } from './list.ts';
import { pauseScheduleCommand, triggerScheduleCommand, unpauseScheduleCommand } from './steer.ts';

/** `convoy schedule …`. */
export function scheduleCommand(): Command {
  return new Command('schedule')
    .description('the schedules of background work, for whoever holds the signing key')
    .addCommand(listSchedulesCommand())
    .addCommand(triggerScheduleCommand())
    .addCommand(pauseScheduleCommand())
    .addCommand(unpauseScheduleCommand());
}
