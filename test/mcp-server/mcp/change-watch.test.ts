import { expect, it, onTestFinished, vi } from 'vitest';
import { createChangeWatch } from '../../../mcp-server/mcp/change-watch.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { ChangeStore } from '../../../shared/platform/persistence/stores/change-store.ts';

/** Marks that a test sets, and how often they were looked at. */
function createMarks() {
  const marks = new Map<string, string>();
  const counts = { looks: 0, outage: false };
  const of = (ids: readonly string[]) => {
    if (counts.outage) return Promise.reject(new AppError('SERVICE_UNAVAILABLE'));
    if (ids.length > 0) counts.looks += 1;
    return Promise.resolve(new Map([...marks].filter(([id]) => ids.includes(id))));
  };
  const changes: ChangeStore = {
    ofDevices: of,
    ofHealth: of,
    ofPlans: of,
    ofFleet: () => Promise.resolve(marks.get('fleet') ?? ''),
  };
  const watch = createChangeWatch({ changes, log: { warn: vi.fn() }, everyMs: 5 });
  onTestFinished(() => watch.close());
  return { marks, counts, watch };
}

it('tells every listener of a change once, and looks once for all of them', async () => {
  const { marks, counts, watch } = createMarks();
  marks.set('p1', '1');
  const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
  await watch.watch({ on: 'plan', id: 'p1' }, first);
  const before = counts.looks;
  await watch.watch({ on: 'plan', id: 'p1' }, second);
  expect(counts.looks).toBeLessThanOrEqual(before + 1);
  await watch.watch({ on: 'plan', id: 'p2' }, other);
  marks.set('p1', '2');
  await vi.waitFor(() => expect(second).toHaveBeenCalled());
  const looks = counts.looks;
  await vi.waitFor(() => expect(counts.looks).toBeGreaterThan(looks + 3));
  expect(first).toHaveBeenCalledTimes(1);
  expect(second).toHaveBeenCalledTimes(1);
  expect(other).not.toHaveBeenCalled();
});

it('misses nothing that changes from the moment on in which it is asked', async () => {
  const { marks, watch } = createMarks();
  marks.set('d1', '1');
  const changed = vi.fn();
  await watch.watch({ on: 'device', id: 'd1' }, changed);
  marks.set('d1', '2');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  marks.delete('d1');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
});

it('tells a listener that stopped nothing, and begins again with the next one', async () => {
  const { marks, counts, watch } = createMarks();
  const [gone, next] = [vi.fn(), vi.fn()];
  const stop = await watch.watch({ on: 'plan', id: 'p1' }, gone);
  await vi.waitFor(() => expect(counts.looks).toBeGreaterThan(2));
  stop();
  stop();
  marks.set('p1', '1');
  await watch.watch({ on: 'plan', id: 'p1' }, next);
  marks.set('p1', '2');
  await vi.waitFor(() => expect(next).toHaveBeenCalledTimes(1));
  expect(gone).not.toHaveBeenCalled();
});

it('finds after an outage what happened in it', async () => {
  const { marks, counts, watch } = createMarks();
  const changed = vi.fn();
  await watch.watch({ on: 'fleet', grants: [{ all: true }] }, changed);
  await watch.watch({ on: 'health', id: 'd1' }, changed);
  counts.outage = true;
  marks.set('d1', '1');
  await expect(watch.watch({ on: 'plan', id: 'p1' }, vi.fn())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(changed).not.toHaveBeenCalled();
  counts.outage = false;
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  marks.set('fleet', '1');
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
});
