import { Command } from 'commander';
import { readWebhooks, type Webhooks } from '../../../shared/platform/webhooks/webhook-file.ts';
import { DAYS } from '../../../shared/domain/policy/local-time.ts';
import type { QuietHours } from '../../../shared/domain/quiet-hours.ts';
import { toCliError } from '../../client/cli-error.ts';
import { table } from '../table.ts';
import { print, printJson, tell } from '../terminal.ts';

/** `convoy webhook check`. */
export function checkWebhooksCommand(): Command {
  return new Command('check')
    .description('check a webhooks file and the secrets it names before a deployment takes it')
    .argument('<file>', 'the YAML file')
    .option('--json', 'print data as JSON')
    .action(async (file: string, { json }: { json?: true }) => {
      const webhooks = await readWebhooks(file).catch((error: unknown) => refuse(file, error, json === true));
      if (webhooks === null) return;
      const { escalation } = webhooks;
      // Never the keys.
      const endpoints = shown(webhooks);
      if (json) {
        printJson({ file, problems: [], endpoints, escalation });
        return;
      }
      print(`${file} can be used.`);
      if (endpoints.length > 0) print(`\n${endpointTable(endpoints)}`);
      const { remindAfterSeconds, escalateAfterSeconds, escalateTo = [] } = escalation;
      if (remindAfterSeconds !== undefined) print(`\nWho lets a plan wait is reminded after ${remindAfterSeconds} s.`);
      if (escalateAfterSeconds !== undefined) {
        print(
          `\nAfter ${escalateAfterSeconds} s it is escalated${escalateTo.length > 0 ? ` to ${escalateTo.join(', ')}` : ''}.`,
        );
      }
    });
}

type Shown = ReturnType<typeof shown>;

function shown({ endpoints }: Webhooks) {
  return endpoints.map(({ keys, isUrlSecret, url, ...endpoint }) => ({
    ...endpoint,
    url: isUrlSecret ? `${new URL(url).origin}/…` : url,
    secrets: keys.length,
  }));
}

function endpointTable(endpoints: Shown): string {
  return table(
    ['ENDPOINT', 'URL', 'TEMPLATE', 'EVENTS', 'ENVIRONMENTS', 'TAGS', 'GROUP', 'QUIET', 'SECRETS'],
    endpoints.map(({ name, url, template, events, environments, tags, groupSeconds, quietHours, secrets }) => [
      name,
      url,
      template,
      events?.join(', ') ?? 'all but audit.anchored',
      environments?.join(', ') ?? 'all',
      tags?.join(', ') ?? 'all',
      groupSeconds === 0 ? 'never' : `${groupSeconds} s`,
      quietHours === null ? 'never' : sayQuietHours(quietHours),
      String(secrets),
    ]),
  );
}

function sayQuietHours({ days, from, to, timeZone }: QuietHours): string {
  return `${days.length === DAYS.length ? 'every day' : days.join(', ')} ${from} to ${to} ${timeZone}`;
}

/** One line for each problem, because people mend them one by one. */
function refuse(file: string, error: unknown, json: boolean): null {
  const problems = toCliError(error).details?.['problems'];
  if (!Array.isArray(problems)) throw error;
  process.exitCode = 1;
  if (json) printJson({ file, problems, endpoints: [], escalation: {} });
  else {
    tell(`${file} cannot be used:`);
    for (const problem of problems) tell(`- ${String(problem)}`);
  }
  return null;
}
