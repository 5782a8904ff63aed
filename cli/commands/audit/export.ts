import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { tell } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  format: string;
  out?: string;
  from?: string;
  to?: string;
  actor?: string;
  action?: string;
  device?: string;
  plan?: string;
  outcome?: string;
}

/** `convoy audit export`. */
export function exportAuditCommand(): Command {
  return withConnection(new Command('export'))
    .description('audit records you may read, oldest first, to a file or standard output')
    .addOption(new Option('--format <name>', 'JSON Lines or CSV').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--out <file>', 'write here; the file must not be there yet (default: standard output)')
    .option('--from <time>', 'begun at this time or later, such as 2026-01-31T00:00:00Z')
    .option('--to <time>', 'begun before this time')
    .option('--actor <subject>', 'only what this person or service did')
    .option('--action <name>', 'only this action')
    .option('--device <name>', 'only what was about this device')
    .option('--plan <id>', 'only what was about this plan')
    .option('--outcome <name>', 'ok, refused, failed, unknown or requested')
    .action(async (flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { format, out, from, to, actor, action, device: deviceId, plan: planId, outcome } = flags;
      const body = await client.exportAudit({ format, from, to, actor, action, deviceId, planId, outcome });
      const target = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx', mode: 0o600 });
      await pipeline(Readable.fromWeb(body), target, { end: out !== undefined });
      if (out !== undefined) tell(`Written to ${out}.`);
    });
}
