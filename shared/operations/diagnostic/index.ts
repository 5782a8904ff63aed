import { checkConnectivity } from './check-connectivity.ts';

export const DIAGNOSTIC_OPERATIONS = [checkConnectivity];
