import type { CommandDefinition } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { addressOf } from '../../network/dns-cache.ts';

/** `:resolve`: the address of a name, as the router's resolver finds it; it stays in the cache. */
export const resolve: CommandDefinition = {
  policy: 'read',
  parameters: ['domain-name', 'server', 'server-port', 'type'],
  run: (args, router) => {
    const name = args.get('domain-name');
    if (name === undefined) throw missingArgument('domain-name');
    const address = addressOf(router, name, args.get('type') === 'ipv6' ? 'AAAA' : 'A');
    if (address === undefined) throw failure('dns name does not exist');
    return { kind: 'done', ret: address };
  },
};
