import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags extends ConnectionFlags {
  environment?: string;
  tag?: string[];
  status?: string;
  limit?: string;
  cursor?: string;
}

/** `convoy device list`. */
export function listDevicesCommand(): Command {
  return withConnection(new Command('list'))
    .description('registered routers you may use, from the registry; no router is asked')
    .option('--environment <name>', 'lab, staging or prod')
    .option('--tag <tag...>', 'has all of these tags')
    .option('--status <status>', 'healthy, unreachable or decommissioned')
    .option('--limit <n>', 'routers of one page', '200')
    .option('--cursor <text>', 'next page, as the page before said')
    .action(async (flags: Flags) => {
      const { client } = await connect(flags, 'fleet:read');
      const { environment, status, limit, cursor } = flags;
      const page = await client.listDevices({ environment, status, limit, cursor, tag: flags.tag });
      if (flags.json) {
        printJson(page);
        return;
      }
      const rows = page.devices.map(({ name, environment: where, status: how, health, model, version, tags }) => {
        return [name, where, how, health?.status ?? '-', model ?? '-', version ?? '-', tags.join(',') || '-'];
      });
      print(table(['NAME', 'ENVIRONMENT', 'STATUS', 'HEALTH', 'MODEL', 'VERSION', 'TAGS'], rows));
      print(`\n${page.devices.length} of ${page.total} routers`);
      if (page.nextCursor !== undefined) print(`more: --cursor ${page.nextCursor}`);
    });
}
