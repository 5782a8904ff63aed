import { Command, InvalidArgumentError } from 'commander';
import { databaseUrls } from '../database-urls.ts';
import { print, printJson } from '../terminal.ts';

interface Flags {
  from?: number;
  anchor: { seq: number; hash: string }[];
  json?: true;
}

/** `convoy audit verify`: reads the database itself, so that no process of Convoy is believed. Exit code 1 when it is broken. */
export function verifyAuditCommand(): Command {
  return new Command('verify')
    .description('read the chain of the audit and say where it is broken first, if anywhere; exit code 1 if so')
    .option('--from <seq>', 'begin with this entry and believe the hash before it', toSeq)
    .option('--anchor <seq:hash...>', 'entries as they were noted elsewhere, such as in the log', addAnchor, [])
    .option('--json', 'print data as JSON')
    .action(async ({ from, anchor, json }: Flags) => {
      const { serviceUrl } = await databaseUrls();
      // The database layer takes longer to load than everything else together.
      const { openDatabase } = await import('../../../shared/platform/persistence/database.ts');
      const database = await openDatabase({ url: serviceUrl, poolMax: 1 });
      try {
        const options = { anchors: anchor, ...(from === undefined ? {} : { fromSeq: from }) };
        const { ok, entries, firstBreak, through } = await database.audit.verify(options);
        process.exitCode = ok ? 0 : 1;
        if (json) printJson({ ok, entries, firstBreak, through });
        else if (firstBreak) print(`BROKEN at entry ${firstBreak.seq} (${firstBreak.kind}): ${firstBreak.message}`);
        else print(`ok: ${entries} entries; anchor ${through.seq}:${through.hash}`);
      } finally {
        await database.close();
      }
    });
}

function toSeq(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('The number of an entry, 1 or more, is allowed.');
}

function addAnchor(text: string, before: Flags['anchor']): Flags['anchor'] {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Allowed is seq:hash, with 64 hex digits.');
  return [...before, { seq: Number(seq), hash }];
}
