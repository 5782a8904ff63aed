import { managementVerdict, type ManagementVerdict } from '../../../simulator/network/management-path.ts';
import type { LabRouter, Reply } from './lab-router.ts';

/** What a new connection meets now. */
export const newConnection = ({ device }: LabRouter, source = '127.0.0.1'): ManagementVerdict =>
  managementVerdict(device.router, { service: 'www', source, connection: 'new' });

/** What packets of an open connection meet now. */
export const openConnection = ({ device }: LabRouter): ManagementVerdict =>
  managementVerdict(device.router, { service: 'www', source: '127.0.0.1', connection: 'established' });

/** Lets time pass on the router's clock. */
export const advance = (router: LabRouter, seconds: number): Promise<Reply> =>
  router.control('POST', '/devices/lab-01/clock', { advanceSeconds: seconds });

/** A change by somebody whom no rule keeps out. */
export const byHand = (router: LabRouter, path: string, change: object): Promise<Reply> =>
  router.control('POST', '/devices/lab-01/edit', { path, ...change });
