import { Command } from 'commander';
import { addDeviceCommand } from './add.ts';
import { decommissionDeviceCommand } from './decommission.ts';
import { listDevicesCommand } from './list.ts';
import { rotateCredentialsCommand } from './rotate-credentials.ts';
import { showDeviceCommand } from './show.ts';
import { testDeviceCommand } from './test.ts';
import { updateDeviceCommand } from './update.ts';

/** `convoy device …`. */
export function deviceCommand(): Command {
  return new Command('device')
    .description('register, look at and retire routers')
    .addCommand(addDeviceCommand())
    .addCommand(listDevicesCommand())
    .addCommand(showDeviceCommand())
    .addCommand(updateDeviceCommand())
    .addCommand(testDeviceCommand())
    .addCommand(rotateCredentialsCommand())
    .addCommand(decommissionDeviceCommand());
}
