import type { McpSession } from '../../cli/tour/mcp-session.ts';
import { percentile, type Figure } from './figures.ts';

const SAMPLES = 300;

/** Warm reads through the whole path, one after the other, over many routers so that no device's own rate is in the way. */
export async function measureReads(
  mcp: McpSession,
  deviceIds: readonly string[],
  door: 'fast door' | 'fallback',
): Promise<Figure[]> {
  const cold: number[] = [];
  for (const deviceId of deviceIds) cold.push(await timed(mcp, deviceId));
  // Warm means the program too: its code has run often enough to be compiled.
  for (let index = 0; index < SAMPLES; index++) await timed(mcp, deviceIds[index % deviceIds.length] ?? '');
  const warm: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    warm.push(await timed(mcp, deviceIds[index % deviceIds.length] ?? ''));
  }
  const targets = door === 'fast door' ? { p50: 6, p95: 15 } : { p50: 20, p95: 50 };
  const note = `${SAMPLES} calls one after the other of get_dns_status, ${deviceIds.length} routers, 0 ms each`;
  return [
    { name: `warm MCP read, ${door}, p50`, value: percentile(warm, 0.5), unit: 'ms', target: targets.p50, note },
    { name: `warm MCP read, ${door}, p95`, value: percentile(warm, 0.95), unit: 'ms', target: targets.p95, note },
    {
      name: `first MCP read of a device, ${door}, p50`,
      value: percentile(cold, 0.5),
      unit: 'ms',
      target: null,
      note: `${cold.length} devices; opens the lane and a TLS connection`,
    },
  ];
}

async function timed(mcp: McpSession, deviceId: string): Promise<number> {
  const startedAtMs = performance.now();
  await mcp.call('get_dns_status', { deviceId });
  return performance.now() - startedAtMs;
}
