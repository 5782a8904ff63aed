import { getCpuLoad } from './get-cpu-load.ts';
import { getDeviceHealth } from './get-device-health.ts';
import { getSystemClock } from './get-system-clock.ts';
import { getSystemOverview } from './get-system-overview.ts';
import { getSystemPackages } from './get-system-packages.ts';
import { setSystemIdentity } from './set-system-identity.ts';

export const SYSTEM_OPERATIONS = [
  getSystemOverview,
  getDeviceHealth,
  getSystemClock,
  getSystemPackages,
  getCpuLoad,
  setSystemIdentity,
];
