import type { MenuDefinition } from '../engine/definition.ts';
import { interfaces } from './interface.ts';
import { ipAddress } from './ip-address.ts';
import { ipDns } from './ip-dns.ts';
import { ipRoute } from './ip-route.ts';
import { log } from './log.ts';
import { systemClock } from './system-clock.ts';
import { systemIdentity } from './system-identity.ts';
import { systemNtpClient } from './system-ntp-client.ts';
import { systemNtpClientServers } from './system-ntp-client-servers.ts';
import { systemPackage } from './system-package.ts';
import { systemPower } from './system-power.ts';
import { systemResource } from './system-resource.ts';
import { systemRouterboard } from './system-routerboard.ts';
import { systemScheduler } from './system-scheduler.ts';
import { tool } from './tool.ts';
import { user } from './user.ts';
import { userActive } from './user-active.ts';
import { userGroup } from './user-group.ts';

/**
 * The menus a router has. A menu is one declaration in one file and one line here; menus that others refer to by name
 * come first.
 */
export const ALL_MENUS: readonly MenuDefinition[] = [
  interfaces,
  userGroup,
  user,
  userActive,
  systemClock,
  systemIdentity,
  systemNtpClient,
  systemNtpClientServers,
  systemPackage,
  systemPower,
  systemResource,
  systemRouterboard,
  systemScheduler,
  ipAddress,
  ipDns,
  ipRoute,
  log,
  tool,
];
