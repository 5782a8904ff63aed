import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  limit: string;
  cursor?: string;
}

/** `convoy snapshot list`. */
export function listSnapshotsCommand(): Command {
  return withConnection(new Command('list'))
    .description('saved configurations, newest first; those with the same hash are equal')
    .argument('[device]', 'only of this device, by id or name')
    .option('--limit <n>', 'snapshots of one page', '25')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async (device: string | undefined, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { limit, cursor } = flags;
      const page = await client.listSnapshots({ deviceId: device, limit, cursor });
      if (flags.json) {
        printJson(page);
        return;
      }
      const rows = page.snapshots.map((one) => [
        one.snapshotId,
        one.deviceName,
        one.takenAt,
        one.version ?? '-',
        String(one.lineCount),
        one.isComplete ? one.sha256.slice(0, 12) : `${one.sha256.slice(0, 12)} (not whole)`,
        one.requestedBy,
        one.reason,
      ]);
      print(table(['SNAPSHOT', 'DEVICE', 'TAKEN', 'VERSION', 'LINES', 'SHA-256', 'BY', 'REASON'], rows));
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}
