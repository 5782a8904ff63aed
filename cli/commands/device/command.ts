import { Command } from 'commander';
import { addDeviceCommand } from './add.ts';
import { listDevicesCommand } from './list.ts';
import { showDeviceCommand } from './show.ts';
import { updateDeviceCommand } from './update.ts';

/** `convoy device …`. */
export function deviceCommand(): Command {
  return new Command('device')
    .description('register and look at routers')
    .addCommand(addDeviceCommand())
    .addCommand(listDevicesCommand())
    .addCommand(showDeviceCommand())
    .addCommand(updateDeviceCommand());
}
