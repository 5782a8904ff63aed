import { Command } from 'commander';
import { print } from '../terminal.ts';
import { onSchedules } from './on-schedules.ts';

const WRITES = ['read', 'write'] as const;

/** `convoy schedule trigger`. */
export function triggerScheduleCommand(): Command {
  return new Command('trigger')
    .description('begin a run now, unless one runs already')
    .argument('<schedule>', 'its id, such as audit-care')
    .action(async (scheduleId: string) => {
      await onSchedules(WRITES, (client) => client.schedule.getHandle(scheduleId).trigger());
      print(`Asked for a run of ${scheduleId}; convoy schedule list says how it ended.`);
    });
}

/** `convoy schedule pause`. */
export function pauseScheduleCommand(): Command {
  return new Command('pause')
    .description('begin no more runs until it is unpaused')
    .argument('<schedule>', 'its id, such as audit-care')
    .requiredOption('--reason <text>', 'why; it is shown until then')
    .action(async (scheduleId: string, { reason }: { reason: string }) => {
      await onSchedules(WRITES, (client) => client.schedule.getHandle(scheduleId).pause(reason));
      print(`Paused ${scheduleId}; convoy schedule unpause ${scheduleId} takes that back.`);
    });
}

/** `convoy schedule unpause`. */
export function unpauseScheduleCommand(): Command {
  return new Command('unpause')
    .description('begin runs again, at its next time')
    .argument('<schedule>', 'its id, such as audit-care')
    .action(async (scheduleId: string) => {
      await onSchedules(WRITES, (client) =>
        client.schedule.getHandle(scheduleId).unpause('Unpaused with the command line.'),
      );
      print(`Unpaused ${scheduleId}.`);
    });
}
