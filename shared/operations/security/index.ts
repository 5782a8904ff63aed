import { listCertificates } from './list-certificates.ts';
import { listSchedules } from './list-schedules.ts';
import { listServices } from './list-services.ts';
import { listUsers } from './list-users.ts';

export const SECURITY_OPERATIONS = [listServices, listUsers, listCertificates, listSchedules];
