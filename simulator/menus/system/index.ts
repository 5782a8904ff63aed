import type { MenuDefinition } from '../../engine/definition.ts';
import { systemClock } from './clock.ts';
import { systemHistory } from './history.ts';
import { systemIdentity } from './identity.ts';
import { log } from './log.ts';
import { systemLogging } from './logging.ts';
import { systemLoggingAction } from './logging-action.ts';
import { systemNtpClient } from './ntp-client.ts';
import { systemNtpClientServers } from './ntp-client-servers.ts';
import { systemPackage } from './package.ts';
import { systemPower } from './power.ts';
import { systemResource } from './resource.ts';
import { systemRouterboard } from './routerboard.ts';
import { systemScheduler } from './scheduler.ts';

/** `/system`, and what belongs to the router as a machine: log, files, certificates. */
export const SYSTEM_MENUS: readonly MenuDefinition[] = [
  systemClock,
  systemHistory,
  systemIdentity,
  systemLogging,
  systemLoggingAction,
  systemNtpClient,
  systemNtpClientServers,
  systemPackage,
  systemPower,
  systemResource,
  systemRouterboard,
  systemScheduler,
  log,
];
