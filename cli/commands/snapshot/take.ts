import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';

/** `convoy snapshot take`. */
export function takeSnapshotCommand(): Command {
  return withConnection(new Command('take'))
    .description("save a router's configuration as it is now; loads the router for some seconds")
    .argument('<device>', 'id or name')
    .option('--comment <text>', 'why', '')
    .action(async (device: string, flags: ConnectionFlags & { comment: string }) => {
      const { client } = await connect(flags, 'fleet:read');
      const taken = await client.takeSnapshot(device, { comment: flags.comment });
      if (flags.json) {
        printJson(taken);
        return;
      }
      print(`${taken.snapshotId}: ${taken.lineCount} lines, ${SAY_CHANGED[String(taken.isChanged)]}.`);
      if (!taken.isComplete) print('The router left menus out of it.');
    });
}

const SAY_CHANGED: Readonly<Record<string, string>> = {
  true: 'other than the one before',
  false: 'the same as the one before',
  null: 'the first one',
};
