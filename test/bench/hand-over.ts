import type { Stack } from '../../cli/stack/start-stack.ts';
import type { McpSession } from '../../cli/tour/mcp-session.ts';
import type { Figure } from './figures.ts';

/** How long a device's reads take when the worker that owned its lane goes away, politely and at once. */
export async function measureHandOver(stack: Stack, mcp: McpSession, deviceIds: string[]): Promise<Figure[]> {
  const workers = stack.services().filter(({ kind }) => kind === 'worker');
  const [first, second] = workers;
  if (!first || !second) throw new Error('two workers are needed');
  const polite = await slowestRead(mcp, deviceIds, () => process.kill(first.pid, 'SIGTERM'));
  await stack.add('worker');
  const killed = await slowestRead(mcp, deviceIds, () => process.kill(second.pid, 'SIGKILL'));
  return [
    {
      name: 'hand-over of a lane on SIGTERM',
      value: polite,
      unit: 's',
      target: null,
      note: `slowest of one read of each of ${deviceIds.length} devices, sent at that moment`,
    },
    {
      name: 'hand-over of a lane on kill -9',
      value: killed,
      unit: 's',
      target: null,
      note: 'the same; a dead owner is noticed after 10 s of silence',
    },
  ];
}

/** One read of every device (half of them are the leaving worker's), a few at a time. */
async function slowestRead(mcp: McpSession, deviceIds: string[], leave: () => void): Promise<number> {
  const queue = deviceIds.slice(0, 40);
  leave();
  let slowestMs = 0;
  await Promise.all(
    queue.map(async (deviceId) => {
      const startedAtMs = performance.now();
      await mcp.call('get_dns_status', { deviceId });
      slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
    }),
  );
  return slowestMs / 1000;
}
