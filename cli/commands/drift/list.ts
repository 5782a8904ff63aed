import { Command, Option } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { sayDrift } from './say-drift.ts';

interface Flags extends ConnectionFlags {
  state: string[];
  limit: string;
  cursor?: string;
}

/** `convoy drift list`. */
export function listDriftCommand(): Command {
  return withConnection(new Command('list'))
    .description('objects that are not as the baselines say')
    .argument('[device]', 'only of this device, by id or name')
    .addOption(
      new Option('--state <state...>', 'acknowledged: expected until a date; gone: of the last 90 days')
        .choices(['open', 'acknowledged', 'gone'])
        .default(['open']),
    )
    .option('--limit <n>', 'objects of one page', '50')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async (device: string | undefined, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { state, limit, cursor } = flags;
      const page = await client.listDrift({ deviceId: device, state, limit, cursor });
      if (flags.json) {
        printJson(page);
        return;
      }
      for (const one of page.drift) print(sayDrift(one));
      if (page.drift.length === 0) print('There is none.');
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}
