import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';
import { sayStopped } from './say-stopped.ts';

interface Flags extends ConnectionFlags {
  lifted?: true;
  limit: string;
  cursor?: string;
}

/** `convoy stop list`. */
export function listStopsCommand(): Command {
  return withConnection(new Command('list'))
    .description('where writing is stopped, newest first')
    .option('--lifted', 'also stops that hold no more')
    .option('--limit <n>', 'stops of one page', '25')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async (flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { lifted, limit, cursor } = flags;
      const page = await client.listStops({ includeLifted: lifted ? 'true' : undefined, limit, cursor });
      if (flags.json) {
        printJson(page);
        return;
      }
      if (page.stops.length === 0) {
        print('Nothing is stopped.');
        return;
      }
      const rows = page.stops.map((stop) => [
        stop.stopId,
        plainText(sayStopped(stop)),
        stop.placedAt,
        plainText(stop.placedByName),
        stop.liftedAt ?? '-',
        plainText(stop.reason),
      ]);
      print(table(['STOP', 'STOPPED', 'SINCE', 'BY', 'LIFTED', 'REASON'], rows));
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}
