import { getRecentLogs } from './get-recent-logs.ts';

export const LOG_OPERATIONS = [getRecentLogs];
