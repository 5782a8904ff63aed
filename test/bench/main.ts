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
import { machine, table, type Figure } from './figures.ts';
import { measureHandOver } from './hand-over.ts';
import { measureReads } from './reads.ts';
import { measureRollout } from './rollout.ts';
import { laneFigures, openLanes, residentMb } from './stack-metrics.ts';

const ROUTERS = 60;
const say = (line: string): void => console.log(line);

const figures: Figure[] = [];
figures.push(...(await withStack({ fastDoor: true }, measureFast)));
figures.push(...(await withStack({ fastDoor: false }, measureFallback)));

const report = { measuredAt: new Date().toISOString(), machine: machine(), figures };
const file = path.join(homePath(process.env), 'bench.json');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
say(`\n${report.machine}\n\n${table(figures)}\n\nas JSON: ${file}`);
if (figures.some(({ value, target }) => target !== null && value > target)) process.exitCode = 1;

async function measureFast(stack: Stack, mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  const file = stack.file();
  const serverPids = file.pids.temporal === undefined ? [] : [file.pids.temporal];
  const before = { workers: await residentMb(file.pids.worker), server: await residentMb(serverPids) };
  say('reads through the fast door');
  const reads = await measureReads(mcp, deviceIds, 'fast door');
  const lanes = await openLanes(file);
  const memory = laneFigures({
    before: before.workers,
    after: await residentMb(file.pids.worker),
    serverBefore: before.server,
    serverAfter: await residentMb(serverPids),
    lanes,
  });
  say('a rollout of ten routers of 20 ms');
  await setLatency(file, 20);
  const rollout = await measureRollout(mcp, openPeople(file), deviceIds.slice(0, 10));
  await setLatency(file, 0);
  say('hand-over of lanes');
  const handOver = await measureHandOver(stack, mcp, deviceIds);
  return [...reads, ...memory, rollout, ...handOver];
}

async function measureFallback(_: Stack, mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  say('reads through standalone activities');
  return measureReads(mcp, deviceIds, 'fallback');
}

async function withStack(
  { fastDoor }: { fastDoor: boolean },
  measure: (stack: Stack, mcp: McpSession, deviceIds: string[]) => Promise<Figure[]>,
): Promise<Figure[]> {
  const home = await mkdtemp(path.join(tmpdir(), 'convoy-bench-'));
  await chmod(home, 0o711);
  // Processes are killed on purpose here; the launcher must not bring them back behind our back.
  const stack = await startStack({ home, ports: 'free', routers: ROUTERS, fastDoor, restarts: false, say });
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
    const { devices } = await mcp.call<{ devices: { deviceId: string }[] }>('list_devices', { limit: 100 });
    const result = await measure(
      stack,
      mcp,
      devices.map(({ deviceId }) => deviceId),
    );
    await mcp.close();
    return result;
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
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
