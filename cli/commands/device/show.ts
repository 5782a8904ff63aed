import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { renderDevice } from './render-device.ts';

/** `convoy device show`. */
export function showDeviceCommand(): Command {
  return withConnection(new Command('show'))
    .description("one router's record in the registry")
    .argument('<device>', 'id or name')
    .action(async (ref: string, flags: ConnectionFlags) => {
      const { client } = await connect(flags, 'fleet:read');
      const device = await client.getDevice(ref);
      if (flags.json) printJson(device);
      else print(renderDevice(device));
    });
}
