import { getConfigExport } from './get-config-export.ts';

export const CONFIGURATION_OPERATIONS = [getConfigExport];
