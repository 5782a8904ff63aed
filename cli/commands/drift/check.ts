import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { sayDrift } from './say-drift.ts';

/** `convoy drift check`. */
export function checkDriftCommand(): Command {
  return withConnection(new Command('check'))
    .description('compare a router with its baseline now; loads the router for some seconds')
    .argument('<device>', 'id or name')
    .action(async (device: string, flags: ConnectionFlags) => {
      const { client } = await connect(flags, 'fleet:read');
      const checked = await client.checkDrift(device);
      if (flags.json) {
        printJson(checked);
        return;
      }
      const { deviceName, open, news, gone } = checked;
      print(`${deviceName}: ${open} objects are not as the baseline says, ${news} of them news; ${gone} are so again.`);
      for (const one of checked.drift) print(sayDrift(one));
    });
}
