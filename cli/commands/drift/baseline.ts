import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';

/** `convoy drift baseline`. */
export function setBaselineCommand(): Command {
  return withConnection(new Command('baseline'))
    .description('say that a router should be as a saved configuration of it is')
    .argument('<device>', 'id or name')
    .option('--snapshot <id>', 'the saved configuration; default: its newest')
    .option('--comment <text>', 'why', '')
    .action(async (device: string, flags: ConnectionFlags & { snapshot?: string; comment: string }) => {
      const { client } = await connect(flags, 'fleet:read fleet:write');
      const { snapshot: snapshotId, comment } = flags;
      const baseline = await client.setBaseline(device, { ...(snapshotId ? { snapshotId } : {}), comment });
      if (flags.json) {
        printJson(baseline);
        return;
      }
      const { deviceName, objects, asOf } = baseline;
      print(`${deviceName} should be as ${baseline.snapshotId} of ${asOf}: ${objects} objects.`);
    });
}
