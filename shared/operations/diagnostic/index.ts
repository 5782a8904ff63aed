import { checkConnectivity } from './check-connectivity.ts';
import { diagnoseRestService } from './diagnose-rest-service.ts';
import { ping } from './ping.ts';
import { traceroute } from './traceroute.ts';

export const DIAGNOSTIC_OPERATIONS = [checkConnectivity, ping, traceroute, diagnoseRestService];
