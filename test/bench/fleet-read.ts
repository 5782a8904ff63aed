import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { setLatency, withStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';

const ROUTERS = 200;
const LATENCY_MS = 20;
const WARM_READS = 5;

interface FleetAnswer {
  summary: { asked: number; answered: number };
  nextCursor?: string;
}

/** One question to two hundred routers, through the whole path: first when no lane is open, then when all are. */
export async function measureFleetRead(say: (line: string) => void): Promise<Figure[]> {
  return withStack({ routers: ROUTERS, say }, async ({ file, mcp }) => {
    await setLatency(file, LATENCY_MS);
    say(`a read of ${ROUTERS} routers whose lanes are closed`);
    const cold = await readAll(mcp, 'get_dns_status');
    say(`the same ${WARM_READS} times with open lanes`);
    const warm: FleetRead[] = [];
    for (let read = 0; read < WARM_READS; read++) warm.push(await readAll(mcp, 'get_dns_status'));
    const health = await readAll(mcp, 'get_device_health');
    const late = [...warm, health].reduce((sum, { answered }) => sum + ROUTERS - answered, 0);
    const note = `get_dns_status of ${ROUTERS} routers of ${LATENCY_MS} ms`;
    return [
      {
        name: `fleet read of ${ROUTERS} routers, lanes closed`,
        value: cold.seconds,
        unit: 's',
        target: null,
        note: `${note}, ${cold.pages} pages of at most 60,000 characters; opens ${ROUTERS} lanes and TLS connections`,
      },
      {
        name: `fleet read of ${ROUTERS} routers, lanes closed, not answered in time`,
        value: ROUTERS - cold.answered,
        unit: 'routers',
        target: 0,
        note: 'each has 10 s, in which its lane is opened',
      },
      {
        name: `fleet read of ${ROUTERS} routers, lanes open, p50`,
        value: percentile(
          warm.map(({ seconds }) => seconds),
          0.5,
        ),
        unit: 's',
        target: 5,
        note: `${note}, ${WARM_READS} times`,
      },
      {
        name: `fleet read of the health of ${ROUTERS} routers`,
        value: health.seconds,
        unit: 's',
        target: null,
        note: `get_device_health, several requests to each router of ${LATENCY_MS} ms`,
      },
      {
        name: `fleet reads of ${ROUTERS} routers, lanes open, not answered in time`,
        value: late,
        unit: 'routers',
        target: 0,
        note: `in all ${WARM_READS + 1} reads; each has 10 s`,
      },
    ];
  });
}

interface FleetRead {
  seconds: number;
  pages: number;
  answered: number;
}

/** All pages of one question; fails unless every router was asked. */
async function readAll(mcp: McpSession, operation: string): Promise<FleetRead> {
  const startedAtMs = performance.now();
  let pages = 0;
  let asked = 0;
  let answered = 0;
  let cursor: string | undefined;
  do {
    const page = await mcp.call<FleetAnswer>('read_fleet', { operation, ...(cursor === undefined ? {} : { cursor }) });
    asked += page.summary.asked;
    answered += page.summary.answered;
    pages += 1;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  if (asked !== ROUTERS) throw new Error(`${asked} of ${ROUTERS} routers were asked`);
  return { seconds: (performance.now() - startedAtMs) / 1000, pages, answered };
}
