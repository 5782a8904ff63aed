import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loginAs } from '../../cli/stack/login-as.ts';
import { homePath } from '../../cli/stack/home.ts';
import type { StackFile } from '../../cli/stack/stack-file.ts';
import { startStack, type Stack } from '../../cli/stack/start-stack.ts';
import { openMcpSession, type McpSession } from '../../cli/tour/mcp-session.ts';
import { openPeople } from '../../cli/tour/people.ts';
import { measureClient } from './client.ts';
import { machine, table, type Figure } from './figures.ts';
import { measureHandOver } from './hand-over.ts';
import { measureReads } from './reads.ts';
import { measureRollout } from './rollout.ts';
import { measureSimulator } from './simulator.ts';
import { laneFigures, openLanes, residentMb } from './stack-metrics.ts';

/** Routers that are read and changed; so many that no single one's rate of 5 requests a second is in the way. */
const ROUTERS = 60;
/** Further routers whose lanes are opened only to be weighed. */
const WEIGHED = 140;
const say = (line: string): void => console.log(line);

const figures: Figure[] = [];
figures.push(...(await withStack({ fastDoor: true }, measureFast)));
figures.push(...(await withStack({ fastDoor: false }, measureFallback)));
say('the device client');
figures.push(...(await measureClient()));
say('a thousand simulated routers');
figures.push(...(await measureSimulator()));

const report = { measuredAt: new Date().toISOString(), machine: machine(), figures };
const file = path.join(homePath(process.env), 'bench.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
say(`\n${report.machine}\n\n${table(figures)}\n\nas JSON: ${file}`);
if (figures.some(({ value, target }) => target !== null && value > target)) process.exitCode = 1;

async function measureFast(stack: Stack, mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  const file = stack.file();
  const serverPids = file.pids.temporal === undefined ? [] : [file.pids.temporal];
  say('reads through the fast door');
  const reads = await measureReads(mcp, deviceIds.slice(0, ROUTERS), 'fast door');
  // Weighed after the first lanes are open, so that what the processes need once is not counted.
  const weigh = async () => ({
    lanes: await openLanes(file),
    workersMb: await residentMb(file.pids.worker),
    serverMb: await residentMb(serverPids),
  });
  const before = await weigh();
  say(`${WEIGHED} more lanes`);
  for (const deviceId of deviceIds.slice(ROUTERS)) await mcp.call('get_dns_status', { deviceId });
  const memory = laneFigures(before, await weigh());
  say('a rollout of ten routers of 20 ms');
  await setLatency(file, 20);
  const rollout = await measureRollout(mcp, openPeople(file), deviceIds.slice(0, 10));
  await setLatency(file, 0);
  say('hand-over of lanes');
  const handOver = await measureHandOver(stack, mcp, deviceIds.slice(0, ROUTERS));
  return [...reads, ...memory, rollout, ...handOver];
}

async function measureFallback(_: Stack, mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  say('reads through standalone activities');
  return measureReads(mcp, deviceIds.slice(0, ROUTERS), 'fallback');
}

async function withStack(
  { fastDoor }: { fastDoor: boolean },
  measure: (stack: Stack, mcp: McpSession, deviceIds: string[]) => Promise<Figure[]>,
): Promise<Figure[]> {
  const home = await mkdtemp(path.join(tmpdir(), 'convoy-bench-'));
  await chmod(home, 0o711);
  // Processes are killed on purpose here; the launcher must not bring them back behind our back.
  const routers = fastDoor ? ROUTERS + WEIGHED : ROUTERS;
  const stack = await startStack({ home, ports: 'free', routers, fastDoor, restarts: false, say });
  try {
    const file = stack.file();
    const { accessToken } = await loginAs({
      issuer: file.oidc.issuer,
      clientId: 'convoy-mcp',
      user: 'operator@convoy.test',
      scope: 'openid email fleet:read fleet:write fleet:plan',
      resource: file.mcpUrl,
    });
    const mcp = await openMcpSession(file.mcpUrl, accessToken);
    const result = await measure(stack, mcp, await allDevices(mcp));
    await mcp.close();
    return result;
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function allDevices(mcp: McpSession): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await mcp.call<{ devices: { deviceId: string }[]; nextCursor?: string | null }>('list_devices', {
      limit: 100,
      ...(cursor ? { cursor } : {}),
    });
    ids.push(...page.devices.map(({ deviceId }) => deviceId));
    cursor = page.nextCursor;
  } while (cursor);
  return ids;
}

async function setLatency({ simulator }: StackFile, latencyMs: number): Promise<void> {
  for (const { name } of simulator?.devices ?? []) {
    await fetch(`${simulator?.controlUrl}/devices/${name}/latency`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs }),
    });
  }
}
