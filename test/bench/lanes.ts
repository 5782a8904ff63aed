import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { openPeople } from '../../cli/tour/people.ts';
import { measureBareNexus } from './bare-nexus.ts';
import { setLatency, withStack, type BenchStack } from './bench-stack.ts';
import type { Figure } from './figures.ts';
import { measureHandOver } from './hand-over.ts';
import { measureReads } from './reads.ts';
import { measureRollout } from './rollout.ts';
import { laneFigures, openLanes, residentMb } from './stack-metrics.ts';

/** Routers that are read and changed; so many that no single one's rate of 5 requests a second is in the way. */
const ROUTERS = 60;
/** Further routers whose lanes are opened only to be weighed. */
const WEIGHED = 140;

type Say = (line: string) => void;

/** Reads, lanes, a rollout and the hand-over of lanes, through the fast door. */
export async function measureLanes(say: Say): Promise<Figure[]> {
  return withStack({ routers: ROUTERS + WEIGHED, say }, async (running) => {
    const { stack, file, mcp, deviceIds } = running;
    say('what the fast door stands on');
    const bare = await measureBareNexus(running);
    say('reads through the fast door');
    const reads = await measureReads(running, deviceIds.slice(0, ROUTERS), 'fast door');
    say(`${WEIGHED} more lanes`);
    const memory = await weighLanes(file, mcp, deviceIds.slice(ROUTERS));
    say('a rollout of ten routers of 20 ms');
    await setLatency(file, 20);
    const rollout = await measureRollout(mcp, openPeople(file), deviceIds.slice(0, 10));
    await setLatency(file, 0);
    say('hand-over of lanes');
    const handOver = await measureHandOver(stack, mcp, deviceIds.slice(0, ROUTERS));
    return [bare, ...reads, ...memory, rollout, ...handOver];
  });
}

/** The same reads where the fast door is shut. */
export async function measureFallback(say: Say): Promise<Figure[]> {
  return withStack({ routers: ROUTERS, fastDoor: false, say }, (running) => {
    say('reads through standalone activities');
    return measureReads(running, running.deviceIds, 'fallback');
  });
}

/** Weighed after the first lanes are open, so that what the processes need once is not counted. */
async function weighLanes(file: BenchStack['file'], mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  const serverPids = file.pids.temporal === undefined ? [] : [file.pids.temporal];
  const weigh = async () => ({
    lanes: await openLanes(file),
    workersMb: await residentMb(file.pids.worker),
    serverMb: await residentMb(serverPids),
  });
  const before = await weigh();
  for (const deviceId of deviceIds) await mcp.call('get_dns_status', { deviceId });
  return laneFigures(before, await weigh());
}
