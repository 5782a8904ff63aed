import { expect, onTestFinished, test } from 'vitest';
import { joinDeployment } from '../../../mcp-server/http/deployment.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';

const log = { info: () => {}, warn: () => {} };

test('processes know of each other, and of those that ended or fell silent', async () => {
  const { webProcesses: store } = await openTestDatabase();
  const one = await joinDeployment({ store, log, beatMs: 10 });
  onTestFinished(() => one.close());
  const other = await joinDeployment({ store, log, beatMs: 3_600_000 });
  expect(other.processes()).toBe(2);
  await expect.poll(() => one.processes()).toBe(2);
  await other.close();
  await expect.poll(() => one.processes()).toBe(1);

  const killed = { open: [{ leaseId: 'its stream', sub: 'ann' }], released: [] };
  await store.beat('a process that is killed', killed, 20_000);
  await expect.poll(() => one.processes()).toBe(2);
  // Everybody who has not been heard of in this very moment is dead; the living ones say so again with their next beat.
  await store.beat('a process that looks', { open: [], released: [] }, 0);
  expect(
    await store.takeStream('a process that looks', { leaseId: 'new', sub: 'ann' }, { most: 1, silentMs: 20_000 }),
  ).toBe(true);
});

test('a person has so many streams in all processes together, also when two ask at once', async () => {
  const { webProcesses: store } = await openTestDatabase();
  const [one, other] = await Promise.all([
    joinDeployment({ store, log, beatMs: 10 }),
    joinDeployment({ store, log, beatMs: 10 }),
  ]);
  onTestFinished(async () => void (await Promise.all([one.close(), other.close()])));
  const asked = await Promise.all([one, other, one, other, one].map((process) => process.takeStream('ann', 3)));
  const taken = asked.filter((giveBack) => giveBack !== null);
  expect(taken).toHaveLength(3);
  expect(await other.takeStream('ben', 3)).not.toBeNull();

  taken[0]!();
  await expect.poll(() => other.takeStream('ann', 3)).not.toBeNull();
  expect(await one.takeStream('ann', 3)).toBeNull();
});

test('a place that could not be given back at once is given back with the next sign of life', async () => {
  const { webProcesses: store } = await openTestDatabase();
  const forgetful = { ...store, releaseStream: () => Promise.reject(new Error('no connection')) };
  const process = await joinDeployment({ store: forgetful, log, beatMs: 10 });
  onTestFinished(() => process.close());
  const giveBack = await process.takeStream('ann', 1);
  giveBack!();
  await expect.poll(() => process.takeStream('ann', 1)).not.toBeNull();
});
