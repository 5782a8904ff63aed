import type { Client } from '@temporalio/client';
import { runningChanges } from '../fleet/running-changes.ts';

/** An answer is used again for so long, milliseconds: a sweep asks for each of its batches. */
const KEPT_MS = 500;

/** Which devices are being changed now; those who ask at the same time share one answer. */
export function createChangingDevices(client: Client): () => Promise<ReadonlySet<string>> {
  let asked: { atMs: number; answer: Promise<ReadonlySet<string>> } | null = null;
  return () => {
    if (asked !== null && performance.now() - asked.atMs < KEPT_MS) return asked.answer;
    const answer = runningChanges(client).then((changes) => new Set(changes.map(({ deviceId }) => deviceId)));
    asked = { atMs: performance.now(), answer };
    answer.catch(() => (asked = null));
    return answer;
  };
}
