import { z } from 'zod';
import { MOST_ACKNOWLEDGED_DAYS, type Drift } from '../../shared/domain/drift.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DriftStore } from '../../shared/platform/persistence/stores/drift-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { DriftIdField, DriftShape, shownDrift } from './drift-shape.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

const DAY_MS = 86_400_000;

/** Says that drift is expected for a while. It stays what it is, and nobody is told of it until then. */
export function acknowledgeDriftAction(drift: Pick<DriftStore, 'getMany' | 'acknowledge'>): Action {
  return defineAction({
    name: 'acknowledge_drift',
    title: 'Acknowledge drift',
    description:
      'Says that objects of a router are expected to differ from its baseline, why, and until when. Until then nobody is ' +
      'told of them, unless they change once more. For what shall stay so, call set_baseline.',
    toolset: 'configuration',
    isCore: false,
    rate: 'write',
    phase: 2,
    roles: ['operator', 'admin'],
    scopes: ['fleet:write'],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: true },
    audited: true,
    input: z.strictObject({
      deviceId: DeviceRef,
      environment: ExpectedEnvironment,
      driftIds: z.array(DriftIdField).min(1).max(100).describe('1 to 100 of this device'),
      reason: z.string().trim().min(1).max(500).describe('Why it is expected'),
      until: z.iso
        .datetime({ offset: true })
        .describe(`When it is not expected any more, at most ${MOST_ACKNOWLEDGED_DAYS} days from now`),
    }),
    output: z.object({ drift: z.array(DriftShape) }),
    target: { on: 'device', flags: [] },
    async dispatch({ input: { driftIds, reason, until }, target: { device }, principal }) {
      const now = new Date(currentMs());
      const end = endOf(until, now);
      await ofDevice(drift, device.deviceId, driftIds);
      const acknowledgement = { by: principal.sub, reason, at: now.toISOString(), until: end };
      const acknowledged = await drift.acknowledge(driftIds, acknowledgement);
      return { output: { drift: acknowledged.map((one) => shownDrift(one, device, now.getTime())) } };
    },
    summarize: ({ drift: [first, ...others] }) =>
      `${others.length + 1} objects are acknowledged until ${first?.acknowledgement?.until ?? '?'}.`,
  });
}

/** The drift of these ids, of this device and not gone; else DRIFT_NOT_FOUND, as for one that does not exist. */
export async function ofDevice(
  drift: Pick<DriftStore, 'getMany'>,
  deviceId: string,
  driftIds: readonly string[],
): Promise<Drift[]> {
  const found = (await drift.getMany(driftIds)).filter((one) => one.deviceId === deviceId && one.goneAt === null);
  const missing = driftIds.find((driftId) => !found.some((one) => one.driftId === driftId));
  if (missing === undefined) return found;
  throw new AppError('DRIFT_NOT_FOUND', {
    message: `The device has no drift "${missing}", or it is gone.`,
    hint: 'Call list_drift for what differs now.',
    details: { driftId: missing },
  });
}

function endOf(until: string, now: Date): string {
  const endMs = Date.parse(until);
  const latest = new Date(now.getTime() + MOST_ACKNOWLEDGED_DAYS * DAY_MS);
  if (endMs > now.getTime() && endMs <= latest.getTime()) return new Date(endMs).toISOString();
  const problem = endMs <= now.getTime() ? 'is over already' : `is more than ${MOST_ACKNOWLEDGED_DAYS} days ahead`;
  throw new AppError('VALIDATION_ERROR', {
    message: `until: ${until} ${problem}; give a time from now up to ${latest.toISOString()}.`,
    details: { until },
  });
}
