import type { MenuDefinition } from '../../engine/definition.ts';
import { systemBackup } from './backup.ts';
import { systemClock } from './clock.ts';
import { systemDeviceMode } from './device-mode.ts';
import { systemHealth, systemHealthOfChr, systemHealthSettings } from './health.ts';
import { systemHistory } from './history.ts';
import { systemIdentity } from './identity.ts';
import { systemLicense } from './license.ts';
import { log } from './log.ts';
import { systemLogging } from './logging.ts';
import { systemLoggingAction } from './logging-action.ts';
import { systemNote } from './note.ts';
import { systemNtpClient } from './ntp-client.ts';
import { systemNtpClientServers } from './ntp-client-servers.ts';
import { systemNtpKey } from './ntp-key.ts';
import { systemNtpServer } from './ntp-server.ts';
import { systemPackage } from './package.ts';
import { systemPackageUpdate } from './package-update.ts';
import { systemPower } from './power.ts';
import { systemResource } from './resource.ts';
import { systemResourceCpu } from './resource-cpu.ts';
import { systemResourceIrq } from './resource-irq.ts';
import { systemRouterboard, systemRouterboardSettings } from './routerboard.ts';
import { systemScheduler } from './scheduler.ts';
import { systemScript } from './script.ts';
import { systemScriptEnvironment } from './script-environment.ts';
import { systemScriptJob } from './script-job.ts';
import { systemWatchdog } from './watchdog.ts';

/** `/system`, and what belongs to the router as a machine: log, files, certificates. */
export const SYSTEM_MENUS: readonly MenuDefinition[] = [
  systemBackup,
  systemClock,
  systemDeviceMode,
  systemHealth,
  systemHealthOfChr,
  systemHealthSettings,
  systemHistory,
  systemIdentity,
  systemLicense,
  systemLogging,
  systemLoggingAction,
  systemNote,
  systemNtpClient,
  systemNtpClientServers,
  systemNtpKey,
  systemNtpServer,
  systemPackage,
  systemPackageUpdate,
  systemPower,
  systemResource,
  systemResourceCpu,
  systemResourceIrq,
  systemRouterboard,
  systemRouterboardSettings,
  systemScheduler,
  systemScript,
  systemScriptEnvironment,
  systemScriptJob,
  systemWatchdog,
  log,
];
