import type { CommandDefinition } from '../../engine/definition.ts';
import { missingArgument } from '../../engine/router-error.ts';
import { macAddress } from '../../values/mac-address.ts';
import { namedInterface } from '../interface/named-items.ts';

/** `/tool/wol` wakes a machine up; nothing comes back. */
export const wol: CommandDefinition = {
  policy: 'test',
  parameters: ['interface', 'mac', 'as-value'],
  run: (args, router) => {
    const mac = args.get('mac');
    if (mac === undefined) throw missingArgument('mac');
    macAddress.parse(mac, 'mac', router);
    if (args.has('interface')) namedInterface(args, '/interface', router);
    return { kind: 'done' };
  },
};
