import { Command } from 'commander';
import { CliError } from '../../client/cli-error.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { confirm, isInteractive, print, printJson, tell } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  comment: string;
  yes?: true;
}

/** `convoy device decommission`. */
export function decommissionDeviceCommand(): Command {
  return withConnection(new Command('decommission'))
    .description('end the use of a router for good: its credentials are destroyed, its record and history stay')
    .argument('<device>', 'id or name')
    .option('--comment <text>', 'why, for the audit trail', '')
    .option('--yes', 'do not ask')
    .action(async (ref: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      if (!flags.yes && isInteractive()) {
        const { name, host, environment } = await client.getDevice(ref);
        tell(`${name} (${host}, ${environment}) cannot be taken back: it would have to be registered anew.`);
        if (!(await confirm('Decommission it?'))) throw new CliError('CANCELLED', 'Nothing was done.');
      }
      const device = await client.decommissionDevice(ref, { comment: flags.comment });
      if (flags.json) printJson(device);
      else print(`Decommissioned ${device.name} (${device.deviceId}); its name is free for another router.`);
    });
}
