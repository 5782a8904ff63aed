import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { liftStopCommand } from './lift.ts';
import { listStopsCommand } from './list.ts';
import { sayStopped } from './say-stopped.ts';

interface Flags extends ConnectionFlags {
  all?: true;
  environment?: string;
  device?: string;
  reason?: string;
}

/** `convoy stop …`: without a subcommand it stops. */
export function stopCommand(): Command {
  return (
    withConnection(new Command('stop'))
      .description('emergency stop: nothing new is written to the fleet, an environment or a device')
      // Behind a subcommand's name all options are the subcommand's.
      .enablePositionalOptions()
      .option('--all', 'the whole fleet')
      .option('--environment <name>', 'lab, staging or prod')
      .option('--device <device>', 'id or name')
      .option('--reason <text>', 'why; never left out')
      .action(async (flags: Flags) => {
        const { all, environment, device, reason } = flags;
        if ([all, environment, device].filter((scope) => scope !== undefined).length !== 1) {
          throw new CliError('VALIDATION_ERROR', 'Give exactly one of --all, --environment and --device.');
        }
        if (reason === undefined) throw new CliError('VALIDATION_ERROR', 'Say why, with --reason.');
        const { client } = await connect(flags, 'fleet:read fleet:plan fleet:approve');
        const stop = await client.placeStop({ all, environment, deviceId: device, reason });
        if (flags.json) {
          printJson(stop);
          return;
        }
        print(`Stopped: ${plainText(sayStopped(stop))} (${stop.stopId}). Reads go on.`);
        const { runningPlans } = stop;
        if (runningPlans.length === 0) print('No rollout was running there.');
        else print(`Rollouts that pause at their next safe point: ${runningPlans.join(', ')}`);
        print(`Lift it with: convoy stop lift ${stop.stopId} --reason "…"`);
      })
      .addCommand(listStopsCommand())
      .addCommand(liftStopCommand())
  );
}
