import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  status?: string[];
  environment?: string;
  mine?: true;
  refused?: true;
  limit: string;
  cursor?: string;
}

/** `convoy plan list`. */
export function listPlansCommand(): Command {
  return withConnection(new Command('list'))
    .description('plans you may see, newest first')
    .option('--status <status...>', 'only these, such as awaiting_approval')
    .option('--environment <name>', 'lab, staging or prod')
    .option('--mine', 'only plans you asked for')
    .option('--refused', 'only proposals that were refused, with the reason')
    .option('--limit <n>', 'plans of one page', '25')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async (flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { status, environment, mine, refused, limit, cursor } = flags;
      const requestedBy = mine ? 'me' : undefined;
      const page = await client.listPlans({
        status,
        environment,
        requestedBy,
        refused: refused ? 'true' : undefined,
        limit,
        cursor,
      });
      if (flags.json) {
        printJson(page);
        return;
      }
      const rows = page.plans.map(
        ({ planId, kind, status: now, environment: where, digest, risk, requestedBy: by, progress }) => {
          // What could not be worked out has no risk that anybody would know.
          const known = digest === '' ? '-' : risk;
          return [planId, kind, now, where, known, `${progress.applied}/${progress.total}`, by];
        },
      );
      print(table(['PLAN', 'KIND', 'STATUS', 'ENVIRONMENT', 'RISK', 'APPLIED', 'REQUESTED BY'], rows));
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}
