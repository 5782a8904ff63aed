import { onTestFinished } from 'vitest';
import { openRouter } from '../../activities/routeros/open-router.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { startFleet, type FleetOptions } from '../../simulator/fleet.ts';

/** A simulated router of the running test's own, opened for the menus of the kind; both end with the test. */
export async function openSimulatedRouter(
  kind: Pick<PlanKind, 'paths'>,
  version?: string,
  board: FleetOptions['board'] = 'rb5009',
): Promise<Router> {
  const fleet = await startFleet({ routers: 1, http: true, board, ...(version === undefined ? {} : { version }) });
  onTestFinished(() => fleet.stop());
  const [device] = fleet.devices;
  if (!device) throw new Error('the fleet is empty');
  const { router, ...opened } = openRouter({
    host: device.host,
    restPort: device.restPort,
    tls: { mode: 'plaintext' },
    username: device.user,
    password: device.password,
    paths: kind.paths,
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  return router;
}
