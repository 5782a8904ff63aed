import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

const SCOPE = 'fleet:read fleet:admin';

interface ListFlags extends ConnectionFlags {
  failed?: true;
  plan?: string;
  type?: string;
  limit: string;
  cursor?: string;
}

/** `convoy webhook list`. */
export function listDeliveriesCommand(): Command {
  return withConnection(new Command('list'))
    .description('what endpoints were told, newest first')
    .option('--failed', 'only what an endpoint did not take and is not tried any more')
    .option('--plan <planId>', 'only events of this plan')
    .option('--type <event>', 'only events of this type, such as device.status_changed')
    .option('--limit <n>', 'deliveries of one page', '25')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async ({ failed, plan, type, limit, cursor, ...flags }: ListFlags) => {
      const { client } = await connect(flags, SCOPE);
      const page = await client.listDeliveries({
        state: failed ? 'failed' : undefined,
        planId: plan,
        type,
        limit,
        cursor,
      });
      if (flags.json) {
        printJson(page);
        return;
      }
      const rows = page.deliveries.map(({ eventId, endpoint, type, planId, state, attempts, lastError, changedAt }) => [
        eventId,
        endpoint,
        type,
        planId ?? '-',
        state,
        String(attempts),
        changedAt,
        lastError ?? '',
      ]);
      print(table(['EVENT', 'ENDPOINT', 'TYPE', 'PLAN', 'STATE', 'ATTEMPTS', 'SINCE', 'LAST ERROR'], rows));
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}

/** `convoy webhook replay`. */
export function replayDeliveryCommand(): Command {
  return withConnection(new Command('replay'))
    .description('tell an endpoint of an event once more, under the same id')
    .argument('<eventId>', 'id of the event')
    .argument('<endpoint>', 'name of the endpoint')
    .option('--comment <text>', 'why', '')
    .action(async (eventId: string, endpoint: string, flags: ConnectionFlags & { comment: string }) => {
      const { client } = await connect(flags, SCOPE);
      const delivery = await client.replayDelivery(eventId, { endpoint, comment: flags.comment });
      if (flags.json) printJson(delivery);
      else print(`${endpoint} is told of ${eventId} once more; "convoy webhook list" shows what comes of it.`);
    });
}
