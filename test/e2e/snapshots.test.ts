import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { ulid } from 'ulid';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SnapshotInput } from '../../shared/contract/snapshot-messages.ts';
import { CANARY, plantSecrets } from '../security/planted-secrets.ts';
import { expectAllToReplay, opened } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';

function wish({ devices }: TestPlatform, index = 0): SnapshotInput {
  const device = devices[index]!;
  const { deviceId, name: deviceName } = device;
  return { snapshotId: `snp_${ulid()}`, deviceId, deviceName, requestedBy: 'olga', reason: 'before the change' };
}

/** Answers with `fault` whatever runs console code at the router. */
async function fail({ simulator }: TestPlatform, name: string, fault: Record<string, unknown> | null): Promise<void> {
  await fetch(`${simulator.controlUrl}/devices/${name}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault === null ? [] : [{ match: { path: '/execute' }, ...fault }]),
  });
}

describe('a snapshot of a router', () => {
  it('is the same for an idle one, is taken once for all who ask meanwhile, and has no secrets anywhere', async () => {
    const platform = await startPlatform({ routers: 2 });
    onTestFinished(() => platform.stop());
    const { database, fleet, simulator } = platform;
    const planted = simulator.routers.map(({ router }) => plantSecrets(router));
    expect(Math.min(...planted)).toBeGreaterThan(10);

    const first = wish(platform);
    const taken = await fleet.snapshot(first);
    expect(taken).toEqual({ snapshotId: first.snapshotId, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    const again = await fleet.snapshot(wish(platform));
    expect(again.sha256).toBe(taken.sha256);
    expect(again.snapshotId).not.toBe(taken.snapshotId);
    const snapshot = await database.snapshots.get(taken.snapshotId);
    expect(snapshot).toMatchObject({ requestedBy: 'olga', version: simulator.devices[0]?.version, isComplete: true });
    const text = await database.snapshots.text(taken.sha256);
    expect(text).toMatch(/^\/ip dns set .*servers=/m);
    expect(text).not.toMatch(/^#/m);

    const together = await Promise.all([1, 2, 3].map(() => fleet.snapshot(wish(platform, 1))));
    expect(new Set(together.map(({ snapshotId }) => snapshotId)).size).toBe(1);

    await fetch(`${simulator.controlUrl}/devices/lab-01/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: '/ip/dns', set: { servers: '192.0.2.99' } }),
    });
    expect((await fleet.snapshot(wish(platform))).sha256).not.toBe(taken.sha256);

    const secrets = [CANARY, ...simulator.devices.map(({ password }) => password)];
    const stored = [...(await storedTexts(platform)), ...(await histories(platform))];
    // The search itself works: both are read in the clear.
    expect(stored.some((one) => one.includes('servers='))).toBe(true);
    expect((await histories(platform)).some((one) => one.includes(taken.snapshotId))).toBe(true);
    for (const secret of secrets) expect(stored.filter((one) => one.includes(secret))).toEqual([]);
    // Nor is any configuration in what Temporal keeps.
    expect((await histories(platform)).some((one) => one.includes('/ip dns set'))).toBe(false);
    expect(await database.audit.list({ limit: 20, action: 'snapshot_taken' })).toMatchObject([
      { outcome: 'ok', actor: 'olga', via: 'workflow', details: { sha256: expect.any(String) as string } },
      { outcome: 'ok' },
      { outcome: 'ok' },
      { outcome: 'ok' },
    ]);
    expect(await expectAllToReplay(platform)).toContain('snapshotWorkflow');
  }, 120_000);

  it('that cannot be taken says why, leaves nothing, and is recorded', async () => {
    const platform = await startPlatform({ routers: 1 });
    onTestFinished(() => platform.stop());
    await fail(platform, 'lab-01', { kind: 'error', status: 500, detail: 'not enough permissions (9)' });
    const refused = wish(platform);
    await expect(platform.fleet.snapshot(refused)).rejects.toMatchObject({ code: 'DEVICE_PERMISSION_DENIED' });
    expect(await platform.database.snapshots.latest(refused.deviceId)).toBeNull();
    expect(await platform.database.audit.list({ limit: 5, action: 'snapshot_taken' })).toMatchObject([
      { outcome: 'failed', code: 'DEVICE_PERMISSION_DENIED', details: { snapshotId: refused.snapshotId } },
    ]);
    await fail(platform, 'lab-01', { kind: 'close', count: 1 });
    expect(await platform.fleet.snapshot(wish(platform))).toMatchObject({ sha256: expect.any(String) as string });
    await expectAllToReplay(platform);
  }, 120_000);
});

/** Every kept configuration, unpacked, and every row about one. */
async function storedTexts({ postgresUrl }: TestPlatform): Promise<string[]> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    const texts = await client.query<{ gzip: Buffer }>('select gzip from snapshot_text');
    const rows = await client.query<Record<string, unknown>>('select * from snapshot');
    return [
      ...texts.rows.map(({ gzip }) => gunzipSync(gzip).toString()),
      ...rows.rows.map((row) => JSON.stringify(row)),
    ];
  } finally {
    await client.end();
  }
}

/** Every payload of every run, opened and decoded. */
async function histories({ namespace }: TestPlatform): Promise<string[]> {
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  try {
    const texts: string[] = [];
    for await (const run of client.workflow.list()) {
      const sealed = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      const history = await opened(sealed, namespace);
      // Payloads are base64 in the JSON form of a history.
      const decoded = JSON.stringify(history, (key, value: unknown) =>
        key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
      );
      texts.push(decoded);
    }
    return texts;
  } finally {
    await client.connection.close();
  }
}
