import type { MenuDefinition } from '../../engine/definition.ts';
import { ipAddress } from './address.ts';
import { ipDns } from './dns.ts';
import { ipRoute } from './route.ts';
import { serviceWebserver } from './service-webserver.ts';
import { ipService } from './service.ts';

/** `/ip` without its firewall. */
export const IP_MENUS: readonly MenuDefinition[] = [ipAddress, ipDns, ipRoute, ipService, serviceWebserver];
