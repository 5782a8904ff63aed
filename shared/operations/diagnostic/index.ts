import { checkConnectivity } from './check-connectivity.ts';
import { diagnoseRestService } from './diagnose-rest-service.ts';

export const DIAGNOSTIC_OPERATIONS = [checkConnectivity, diagnoseRestService];
