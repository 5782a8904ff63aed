import type { CommandDefinition, Reply, Row, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { isIpAddress, parseIpv4, containsAddress, parsePrefix } from '../../values/ip-address.ts';
import { untilAborted } from '../until-aborted.ts';

/**
 * `/tool/ping`: an address answers when a route leads to it. TEST-NET-1 (192.0.2.0/24, RFC 5737) is routed but never
 * answers. Without `count` it runs until the session's time limit.
 */
export const ping: CommandDefinition = {
  policy: 'test',
  parameters: [
    'address',
    'count',
    'size',
    'ttl',
    'interval',
    'interface',
    'src-address',
    'vrf',
    'arp-ping',
    'do-not-fragment',
    'dscp',
    '.proplist',
  ],
  run: (args, router, _caller, signal): Reply | Promise<Reply> => {
    const address = args.get('address');
    if (address === undefined) throw missingArgument('address');
    if (!isIpAddress(address) && /\.invalid\.?$/i.test(address)) throw failure('dns name does not exist');
    const count = Number(args.get('count') ?? 0);
    if (count === 0) return untilAborted(signal);
    const answer = outcome(address, router);
    const size = args.get('size') ?? '56';
    const rows = Array.from({ length: Math.min(count, 1000) }, (_, seq) => row(address, seq, size, answer));
    return { kind: 'rows', rows };
  },
};

type Outcome = 'reply' | 'timeout' | 'no route to host';

function outcome(address: string, router: RouterView): Outcome {
  const target = parseIpv4(address);
  if (target === undefined) return 'reply';
  const routed = router.rows('/ip/route').some((route) => {
    const prefix = parsePrefix(route['dst-address'] ?? '');
    return route['active'] === 'true' && route['blackhole'] === undefined && prefix && containsAddress(prefix, target);
  });
  if (!routed) return 'no route to host';
  return address.startsWith('192.0.2.') ? 'timeout' : 'reply';
}

function row(host: string, seq: number, size: string, answer: Outcome): Row {
  const sent = String(seq + 1);
  if (answer !== 'reply') {
    return { host, 'packet-loss': '100', received: '0', sent, seq: String(seq), status: answer };
  }
  const time = '453us';
  return {
    'avg-rtt': time,
    host,
    'max-rtt': time,
    'min-rtt': time,
    'packet-loss': '0',
    received: sent,
    sent,
    seq: String(seq),
    size,
    time,
    ttl: '64',
  };
}
