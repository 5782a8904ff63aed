import { getSystemClock } from './get-system-clock.ts';
import { getSystemOverview } from './get-system-overview.ts';
import { setSystemIdentity } from './set-system-identity.ts';

export const SYSTEM_OPERATIONS = [getSystemOverview, getSystemClock, setSystemIdentity];
