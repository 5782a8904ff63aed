import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import type { DeviceActivities } from '../../shared/contract/device-messages.ts';
import type { RotationActivities } from '../../shared/contract/rotation-messages.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { ofOwnWork, WRITING_ACTIVITIES } from '../../worker/own-work.ts';

/** The other activities of a lane: those that read, and the one that ends a guard which its own change has armed. */
const OTHERS = [
  'invokeRead',
  'capturePlanDevice',
  'prepareOperation',
  'inspectSteps',
  'disarmGuard',
  'captureSnapshot',
  'checkHealth',
  'prepareLogin',
  'proveLogin',
  'proveLane',
] as const;

type Name = keyof (DeviceActivities & RotationActivities);
type Unlisted = Exclude<Name, (typeof OTHERS)[number] | (typeof WRITING_ACTIVITIES)[number]>;
/** Fails to compile when an activity is on neither list. */
const unlisted: Unlisted[] = [];

test('nothing that writes is done for work that is not Convoy’s own, and the others are not asked', async () => {
  const done: Name[] = [];
  const names: Name[] = [...OTHERS, ...WRITING_ACTIVITIES, ...unlisted];
  const activities = Object.fromEntries(names.map((name) => [name, async () => void done.push(name)]));
  const client = {} as unknown as Client;
  const foreign = () => Promise.reject(new AppError('FORBIDDEN'));
  const lane = ofOwnWork(client, activities as unknown as DeviceActivities & RotationActivities, foreign);
  for (const name of names) {
    const run = (lane[name] as (request: unknown) => Promise<unknown>)({});
    if ((WRITING_ACTIVITIES as readonly Name[]).includes(name))
      await expect(run, name).rejects.toMatchObject({ code: 'FORBIDDEN' });
    else await run;
  }
  expect(done).toEqual(OTHERS);
});
