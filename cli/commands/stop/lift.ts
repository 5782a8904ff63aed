import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { sayStopped } from './say-stopped.ts';

interface Flags extends ConnectionFlags {
  reason: string;
}

/** `convoy stop lift`. */
export function liftStopCommand(): Command {
  return withConnection(new Command('lift'))
    .description('end an emergency stop; what it paused stays paused until somebody resumes it')
    .argument('<stopId>', 'id of the stop')
    .requiredOption('--reason <text>', 'why writing is safe again')
    .action(async (stopId: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      const stop = await client.liftStop(stopId, { reason: flags.reason });
      if (flags.json) printJson(stop);
      else
        print(
          `Lifted: ${plainText(sayStopped(stop))} (${stop.stopId}). What it paused stays paused; resume each plan.`,
        );
    });
}
