import { registerFleet } from '../../../cli/stack/register-fleet.ts';
import type { Fleet } from '../../../simulator/fleet.ts';

/** Registers all simulated routers of this process at a front end. */
export async function registerSimulated({
  publicUrl,
  issuer,
  simulator,
}: {
  publicUrl: string;
  issuer: string;
  simulator: Fleet;
}): Promise<void> {
  const [first] = simulator.devices;
  await registerFleet({
    apiUrl: `${publicUrl}/api/v1`,
    issuer,
    simulator: {
      pid: process.pid,
      controlUrl: simulator.controlUrl,
      routers: [...simulator.devices],
      credentials: { username: first?.user ?? '', password: first?.password ?? '' },
    },
  });
}
