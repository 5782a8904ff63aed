import { setTimeout as delay } from 'node:timers/promises';
import { COHORT_NUMBERS } from '../../shared/domain/cohort.ts';
import { setLatency, withStack } from './bench-stack.ts';
import type { Figure } from './figures.ts';
import { openTemporal } from './open-temporal.ts';
import { LATENCY_MS } from './rollout.ts';

type Say = (line: string) => void;

/** How long it takes to save the configurations of so many routers, all cohorts at once, as their schedules do it. */
export async function measureSnapshots(say: Say, routers = 200): Promise<Figure[]> {
  return withStack({ routers, say }, async (running) => {
    await setLatency(running.file, LATENCY_MS);
    const temporal = await openTemporal(running);
    const { client } = temporal;
    try {
      const figures: Figure[] = [];
      for (const lanes of ['closed', 'open']) {
        say(`snapshots of ${routers} routers whose lanes are ${lanes}`);
        const startedAtMs = performance.now();
        const startedAt = new Date();
        await Promise.all(COHORT_NUMBERS.map((cohort) => client.schedule.getHandle(`snapshots/${cohort}`).trigger()));
        const query = (status: string): string =>
          `WorkflowType = 'snapshotWorkflow' AND ExecutionStatus = '${status}' AND StartTime >= '${startedAt.toISOString()}'`;
        for (;;) {
          const { count } = await client.workflow.count(query('Completed'));
          if (count >= routers) break;
          const failed = (await client.workflow.count(query('Failed'))).count;
          if (failed > 0) throw new Error(`${failed} snapshots failed`);
          await delay(200);
        }
        figures.push({
          name: `snapshots of ${routers} routers, lanes ${lanes}`,
          value: (performance.now() - startedAtMs) / 1000,
          unit: 's',
          target: 60,
          note: `all cohorts at once, routers of ${LATENCY_MS} ms`,
        });
      }
      return figures;
    } finally {
      await temporal.close();
    }
  });
}
