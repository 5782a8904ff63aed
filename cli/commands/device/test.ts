import { Command } from 'commander';
import { connect, withConnection, type ConnectionFlags } from '../connection.ts';
import { print, printJson } from '../terminal.ts';
import { renderFound } from './render-found.ts';

/** `convoy device test`. */
export function testDeviceCommand(): Command {
  return withConnection(new Command('test'))
    .description('connect to a registered router now, with the stored credentials, and say what was found')
    .argument('<device>', 'id or name')
    .action(async (ref: string, flags: ConnectionFlags) => {
      const { client } = await connect(flags, 'fleet:read fleet:admin');
      const tested = await client.testDevice(ref);
      if (flags.json) printJson(tested);
      else print(`${tested.device.name} answers\n${renderFound(tested.found)}`);
    });
}
