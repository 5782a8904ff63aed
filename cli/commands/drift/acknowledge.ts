import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { sayDrift } from './say-drift.ts';

/** `convoy drift acknowledge`. */
export function acknowledgeDriftCommand(): Command {
  return withConnection(new Command('acknowledge'))
    .description('say that drift is expected until a date; nobody is told of it until then')
    .argument('<device>', 'id or name')
    .argument('<driftId...>', 'as "convoy drift list" shows them')
    .requiredOption('--reason <text>', 'why it is expected')
    .requiredOption('--until <time>', 'when it is not any more, such as 2027-01-31T12:00:00Z')
    .action(async (device: string, driftIds: string[], flags: ConnectionFlags & { reason: string; until: string }) => {
      const { client } = await connect(flags, 'fleet:read fleet:write');
      const { reason, until } = flags;
      const acknowledged = await client.acknowledgeDrift(device, { driftIds, reason, until });
      if (flags.json) {
        printJson(acknowledged);
        return;
      }
      for (const one of acknowledged.drift) print(sayDrift(one));
    });
}
