import { Command } from 'commander';
import { z } from 'zod';
import { plainText } from '../client/plain-text.ts';
import { homeAt, homePath } from '../stack/home.ts';
import { readStackFile, type StackFile } from '../stack/stack-file.ts';
import { table } from './table.ts';
import { print, printJson } from './terminal.ts';
import { readTrustState, trustLines } from './trust-state.ts';

interface PartStatus {
  name: string;
  status: 'up' | 'down';
  address: string;
  detail: string;
}

const Readiness = z.looseObject({
  status: z.string(),
  dependencies: z.record(z.string(), z.looseObject({ status: z.string(), message: z.string().optional() })).default({}),
});

/** `convoy status`: the running embedded stack at a glance; exit code 1 when a part is down or the audit is broken. */
export function statusCommand(): Command {
  return new Command('status')
    .description('what of the embedded stack runs, and where')
    .option('--json', 'print data as JSON')
    .action(async ({ json }: { json?: true }) => {
      const stack = await readStackFile(homeAt(homePath()).stackFile);
      const [parts, trust] = await Promise.all([Promise.all(partsOf(stack)), readTrustState(stack.postgresUrl)]);
      if (json) printJson({ parts, trust, stack: { ...stack, postgresUrl: withoutPassword(stack.postgresUrl) } });
      else {
        const rows = parts.map(({ name, status, address, detail }) => [name, status, address, detail]);
        print(table(['PART', 'STATUS', 'ADDRESS', ''], rows));
        print(['', ...trustLines(trust)].join('\n'));
      }
      if (parts.some(({ status }) => status === 'down') || trust?.audit?.intact === false) process.exitCode = 1;
    });
}

function partsOf(stack: StackFile): Promise<PartStatus>[] {
  const { web, worker } = stack.pids;
  const workers = worker.filter(isRunning);
  return [
    check('web', new URL('/readyz', stack.apiUrl).href, `${web.filter(isRunning).length} of ${web.length} processes`),
    Promise.resolve({
      name: 'worker',
      status: workers.length > 0 ? 'up' : 'down',
      address: '-',
      detail: `${workers.length} of ${worker.length} processes`,
    }),
    check('approval gateway', new URL('/healthz', stack.temporal.uiUrl).href, 'Temporal UI behind a login'),
    check('identity provider', `${stack.oidc.issuer}/.well-known/openid-configuration`, ''),
    ...(stack.simulator
      ? [check('simulator', `${stack.simulator.controlUrl}/devices`, `${stack.simulator.devices.length} routers`)]
      : []),
  ];
}

/** The web process' answer tells of PostgreSQL, Temporal and the identity provider as well. */
async function check(name: string, url: string, detail: string): Promise<PartStatus> {
  const address = new URL(url).origin;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    const body: unknown = await response.json().catch(() => null);
    const troubles = troublesOf(body);
    if (response.ok) return { name, status: 'up', address, detail };
    return { name, status: 'down', address, detail: troubles || `status ${response.status}` };
  } catch {
    return { name, status: 'down', address, detail: 'does not answer' };
  }
}

function troublesOf(body: unknown): string {
  const readiness = Readiness.safeParse(body);
  if (!readiness.success) return '';
  return Object.entries(readiness.data.dependencies)
    .filter(([, { status }]) => status !== 'ok')
    .map(([name, { message }]) => plainText(`${name}: ${message ?? 'down'}`))
    .join('; ');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process by now, or one we may not signal: it exists either way.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}
