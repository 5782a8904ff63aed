import { Command } from 'commander';
import { plainText } from '../../client/plain-text.ts';
import type { DifferenceView } from '../../client/snapshot-shapes.ts';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson, tell } from '../terminal.ts';
import { findSnapshot } from './find-snapshot.ts';

interface Flags extends ConnectionFlags {
  menu?: string;
  objects?: true;
  context: string;
}

/** Lines or objects asked for at once. */
const PAGE = '1000';

/** `convoy snapshot diff`. */
export function diffSnapshotsCommand(): Command {
  return withConnection(new Command('diff'))
    .description('what differs between two saved configurations, of one router or of two')
    .argument('<from>', 'id of a snapshot, or a device: its newest, or alone the one before that')
    .argument('[to]', 'id of a snapshot, or a device: its newest')
    .option('--menu <menu>', 'only this menu and those below it, such as /ip/firewall')
    .option('--objects', 'object by object and field by field instead of line by line')
    .option('--context <n>', 'lines shown around every difference', '3')
    .action(async (fromRef: string, toRef: string | undefined, flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const from = await findSnapshot(client, fromRef, toRef === undefined ? 1 : 0);
      const to = await findSnapshot(client, toRef ?? fromRef);
      const as = flags.objects ? 'objects' : 'lines';
      const wanted = { menu: flags.menu, as, contextLines: flags.context, limit: PAGE };
      const whole = await client.diffSnapshots(from, to, wanted);
      for (let cursor = whole.nextCursor; cursor !== undefined;) {
        const page = await client.diffSnapshots(from, to, { ...wanted, cursor });
        whole.lines.push(...page.lines);
        whole.differences?.push(...(page.differences ?? []));
        cursor = page.nextCursor;
      }
      const { nextCursor: _, ...shown } = whole;
      if (flags.json) {
        printJson(shown);
        return;
      }
      if (shown.isEqual) tell('They are the same.');
      if (!shown.isAligned) tell(`Too much differs: ${shown.added} lines added, ${shown.removed} removed.`);
      for (const line of shown.lines) print(plainText(line));
      for (const difference of shown.differences ?? []) print(plainText(sayDifference(difference)));
    });
}

/** `~ /ip/dns: servers "9.9.9.9" → "192.0.2.1"` */
function sayDifference({ menu, key, kind, fields, places }: DifferenceView): string {
  const what = `${SIGNS[kind] ?? '?'} ${menu}${key === '' ? '' : ` ${key}`}`;
  if (places !== undefined) return `${what}: from place ${places.before + 1} to ${places.after + 1}`;
  const changes = fields.map(({ field, before, after }) => {
    if (kind !== 'changed') return `${field}=${JSON.stringify(after ?? before)}`;
    return `${field} ${before === null ? 'not set' : JSON.stringify(before)} → ${after === null ? 'not set' : JSON.stringify(after)}`;
  });
  return `${what}: ${changes.join(', ')}`;
}

const SIGNS: Readonly<Record<string, string>> = { added: '+', removed: '-', changed: '~', moved: '>' };
