import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { findSnapshot } from './find-snapshot.ts';

interface Flags extends ConnectionFlags {
  menu?: string;
  objects?: true;
}

/** Lines or objects asked for at once. */
const PAGE = '1000';

/** `convoy snapshot show`. */
export function showSnapshotCommand(): Command {
  return withConnection(new Command('show'))
    .description('a saved configuration: lines of the console, without secrets')
    .argument('<snapshot>', 'id of a snapshot, or a device: its newest')
    .option('--menu <menu>', 'only this menu and those below it, such as /ip/firewall')
    .option('--objects', 'entries with their fields, by menu, instead of lines')
    .action(async (ref: string, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const snapshotId = await findSnapshot(client, ref);
      const wanted = { menu: flags.menu, as: flags.objects ? 'objects' : 'lines', limit: PAGE };
      const whole = await client.getSnapshot(snapshotId, wanted);
      for (let cursor = whole.nextCursor; cursor !== undefined;) {
        const page = await client.getSnapshot(snapshotId, { ...wanted, cursor });
        whole.lines.push(...page.lines);
        whole.objects?.push(...(page.objects ?? []));
        cursor = page.nextCursor;
      }
      const { nextCursor: _, ...shown } = whole;
      if (flags.json) {
        printJson(shown);
        return;
      }
      for (const line of shown.lines) print(plainText(line));
      let menu = '';
      for (const object of shown.objects ?? []) {
        if (object.menu !== menu) print(object.menu);
        menu = object.menu;
        const fields = Object.entries(object.values).map(([field, value]) => `${field}=${JSON.stringify(value)}`);
        print(plainText(`  ${object.key === '' ? '(settings)' : object.key}: ${fields.join(' ')}`));
      }
    });
}
