import type { Change, Values } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { DEFAULT_REJECTION } from './actions.ts';
import type { Family, Table } from './matchers.ts';
import { PORT_PROTOCOLS } from './protocols.ts';

/** Refuses what does not fit together, and completes a rule with what follows from its action. */
export function prepareRule(family: Family, table: Table, version: string, { kind, after }: Change): void {
  if (kind === 'remove') return;
  refuseUnfit(table, after);
  const action = after['action'] ?? 'accept';
  if (action === 'reject') after['reject-with'] ??= DEFAULT_REJECTION[family];
  if (action.startsWith('add-')) after['address-list-timeout'] ??= 'none-dynamic';
  if (family === 'ip' && table === 'filter' && action === 'fasttrack-connection' && !isAtLeast(version, '7.22')) {
    after['hw-offload'] ??= 'true';
  }
  if (table === 'mangle' && /^(change|mark|set)-/.test(action)) after['passthrough'] ??= 'true';
}

/**
 * Refusals of rules that could never work. The texts on ports, on chains of NAT actions and on interfaces are the
 * device's; those on missing targets are not measured.
 */
const UNFIT = {
  ports: 'ports can be specified if proto is tcp,udp,udp-lite,dccp,sctp',
  tcpOnly: 'tcp options can be specified only if proto is tcp',
  icmpOnly: 'icmp options can be specified only if proto is icmp',
  inInterface: 'incoming interface matching not possible in output and postrouting chains',
  outInterface: 'outgoing interface matching not possible in input and prerouting chains',
  dstNat: 'dst-nat/redirect action must be in dstnat/output chains',
  srcNat: 'src-nat/masquerade action must be in srcnat/input chains',
  jumpTarget: 'jump target must be specified',
  addressList: 'address list must be specified',
  rejectReset: 'tcp-reset can be used only if proto is tcp',
  connectionMark: 'bad new connection mark',
  packetMark: 'bad new packet mark',
  routingMark: 'bad new routing mark',
};

function refuseUnfit(table: Table, rule: Values): void {
  const has = (...names: readonly string[]): boolean => names.some((name) => rule[name] !== undefined);
  const { chain = '', action = 'accept', protocol = '' } = rule;
  const unfit: readonly (readonly [boolean, string])[] = [
    [has('port', 'src-port', 'dst-port') && !PORT_PROTOCOLS.includes(protocol), UNFIT.ports],
    [has('tcp-flags', 'tcp-mss') && protocol !== 'tcp', UNFIT.tcpOnly],
    [has('icmp-options') && !['icmp', 'icmpv6'].includes(protocol), UNFIT.icmpOnly],
    [has('in-interface', 'in-interface-list') && ['output', 'postrouting'].includes(chain), UNFIT.inInterface],
    [has('out-interface', 'out-interface-list') && ['input', 'prerouting'].includes(chain), UNFIT.outInterface],
    [table === 'nat' && DST_NAT.has(action) && ['srcnat', 'input'].includes(chain), UNFIT.dstNat],
    [table === 'nat' && SRC_NAT.has(action) && ['dstnat', 'output'].includes(chain), UNFIT.srcNat],
    [action === 'jump' && !has('jump-target'), UNFIT.jumpTarget],
    [action.startsWith('add-') && !has('address-list'), UNFIT.addressList],
    [action === 'reject' && rule['reject-with'] === 'tcp-reset' && protocol !== 'tcp', UNFIT.rejectReset],
    [action === 'mark-connection' && !has('new-connection-mark'), UNFIT.connectionMark],
    [action === 'mark-packet' && !has('new-packet-mark'), UNFIT.packetMark],
    [action === 'mark-routing' && !has('new-routing-mark'), UNFIT.routingMark],
  ];
  const first = unfit.find(([applies]) => applies);
  if (first) throw failure(first[1]);
}

const DST_NAT = new Set(['dst-nat', 'redirect']);
const SRC_NAT = new Set(['src-nat', 'masquerade', 'same']);
