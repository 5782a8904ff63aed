import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { startCollector } from '../e2e/support/start-collector.ts';
import { withStack, type BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';

const ROUTERS = 10;
const SAMPLES = 600;

/** What tracing every call costs a warm read: two stacks take turns, one of which sends all its spans to a collector here. */
export async function measureTraceOverhead(say: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-bench-collector-'));
  const collector = await startCollector(folder);
  try {
    const common = { routers: ROUTERS, workers: 1, webs: 1, say };
    return await withStack(common, (plain) =>
      withStack({ ...common, env: { CONVOY_OTLP_ENDPOINT: collector.endpoint } }, async (traced) => {
        const [plainMs, tracedMs] = await inTurns(plain, traced);
        const spans = (await collector.spans()).length;
        if (spans < SAMPLES) throw new Error(`only ${spans} spans arrived`);
        return figuresOf(plainMs, tracedMs, spans);
      }),
    );
  } finally {
    await collector.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One call here, one there, so that what slows the machine slows both. The first half is not counted: code gets warm. */
async function inTurns(plain: BenchStack, traced: BenchStack): Promise<[number[], number[]]> {
  const plainMs: number[] = [];
  const tracedMs: number[] = [];
  for (let call = 0; call < 2 * SAMPLES; call += 1) {
    const one = await timed(plain, call);
    const other = await timed(traced, call);
    if (call < SAMPLES) continue;
    plainMs.push(one);
    tracedMs.push(other);
  }
  return [plainMs, tracedMs];
}

async function timed(
  { mcp, deviceIds }: { mcp: McpSession; deviceIds: readonly string[] },
  call: number,
): Promise<number> {
  const startedAtMs = performance.now();
  await mcp.call('get_dns_status', { deviceId: deviceIds[call % deviceIds.length] });
  return performance.now() - startedAtMs;
}

function figuresOf(plainMs: readonly number[], tracedMs: readonly number[], spans: number): Figure[] {
  const [plain, traced] = [percentile(plainMs, 0.5), percentile(tracedMs, 0.5)];
  const note = `${SAMPLES} calls of get_dns_status, every one traced, in turns with a stack without; ${spans} spans arrived`;
  return [
    { name: 'warm MCP read without traces, p50', value: plain, unit: 'ms', target: null, note },
    { name: 'warm MCP read, every one traced, p50', value: traced, unit: 'ms', target: null, note },
    { name: 'overhead of traces, p50', value: Math.max(0, (traced / plain - 1) * 100), unit: '%', target: 5, note },
  ];
}
