import { setTimeout as delay } from 'node:timers/promises';
import { tokenOf, type BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';
import { openLoadClient } from './mcp-load.ts';

const SAMPLES = 300;
const TOOL = 'get_dns_status';
const BETWEEN_MS = 5;

/**
 * Warm reads through the whole path, one after the other, over many routers so that no device's own rate is in the way; by a
 * client that costs as little as it can, and by the SDK's, which checks and validates on its side too.
 */
export async function measureReads(
  { file, mcp }: Pick<BenchStack, 'file' | 'mcp'>,
  deviceIds: readonly string[],
  door: 'fast door' | 'fallback',
): Promise<Figure[]> {
  const lean = openLoadClient(file.mcpUrl, await tokenOf(file, 'viewer@convoy.test'));
  const byLean: Ask = (deviceId) => lean.ask('tools/call', { name: TOOL, arguments: { deviceId } });
  const bySdk: Ask = (deviceId) => mcp.call(TOOL, { deviceId });
  const cold = await timed(byLean, deviceIds);
  const round = Array.from({ length: SAMPLES }, (_, index) => deviceIds[index % deviceIds.length] ?? '');
  // Warm means the program too: its code has run often enough to be compiled.
  await timed(byLean, round);
  await timed(bySdk, round);
  const warm = await timed(byLean, round);
  const warmBySdk = await timed(bySdk, round);
  await lean.close();
  const targets = door === 'fast door' ? { p50: 6, p95: 15 } : { p50: 20, p95: 50 };
  const note = `${SAMPLES} calls one after the other of ${TOOL}, ${deviceIds.length} routers, 0 ms each`;
  return [
    { name: `warm MCP read, ${door}, p50`, value: percentile(warm, 0.5), unit: 'ms', target: targets.p50, note },
    { name: `warm MCP read, ${door}, p95`, value: percentile(warm, 0.95), unit: 'ms', target: targets.p95, note },
    {
      name: `warm MCP read by the SDK's client, ${door}, p50`,
      value: percentile(warmBySdk, 0.5),
      unit: 'ms',
      target: null,
      note: `${note}; with what the client itself computes`,
    },
    {
      name: `first MCP read of a device, ${door}, p50`,
      value: percentile(cold, 0.5),
      unit: 'ms',
      target: null,
      note: `${cold.length} devices; opens the lane and a TLS connection`,
    },
  ];
}

type Ask = (deviceId: string) => Promise<unknown>;

/** Milliseconds of each call. */
async function timed(ask: Ask, deviceIds: readonly string[]): Promise<number[]> {
  const ms: number[] = [];
  for (const deviceId of deviceIds) {
    const startedAtMs = performance.now();
    await ask(deviceId);
    ms.push(performance.now() - startedAtMs);
    // One person may ask a hundred times a second.
    await delay(BETWEEN_MS);
  }
  return ms;
}
