import { getLoggingConfig } from './get-logging-config.ts';
import { getRecentLogs } from './get-recent-logs.ts';

export const LOG_OPERATIONS = [getRecentLogs, getLoggingConfig];
