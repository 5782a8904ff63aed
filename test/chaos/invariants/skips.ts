import type { Invariant } from '../evidence.ts';

/** What was being changed when somebody took it out is finished; by then every process knows. */
const HEEDED_WITHIN_MS = 30_000;

/** No change begins on a device after it was taken out of the plan. */
export const skipsHeeded: Invariant = ({ plans }) =>
  plans.flatMap(({ planId, name, skips, devices, audit }) =>
    skips.flatMap(({ deviceId, at }) =>
      audit
        .filter((action) => action.action === 'device.change' && action.deviceId === deviceId)
        .filter((action) => Date.parse(action.at) > Date.parse(at) + HEEDED_WITHIN_MS)
        .map((action) => {
          const device = devices.find((row) => row.deviceId === deviceId)?.name ?? deviceId;
          const message = `${device} was taken out of ${name} at ${at}, and a change of it was begun at ${action.at}`;
          return { invariant: 'skips are heeded', message, planId, deviceId };
        }),
    ),
  );
