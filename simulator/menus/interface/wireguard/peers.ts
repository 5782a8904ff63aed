import type { FieldType, Item, MenuDefinition, RouterView, Values } from '../../../engine/definition.ts';
import { invalidValue } from '../../../engine/router-error.ts';
import { formatDuration } from '../../../values/duration.ts';
import { addressList, boolean, duration, host, integer, reference, text } from '../../../values/field-types.ts';
import { formatIpPrefix, parseIpPrefix } from '../../../values/ip-prefix.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { namedItems } from '../named-items.ts';
import { interfaceAt, isRunning } from '../running.ts';
import { freeName } from '../typed-interface.ts';
import { newPresharedKey, newPrivateKey, publicKeyOf, wireguardKey } from './keys.ts';

const PATH = '/interface/wireguard/peers';

/** Networks of both families; a bare address stands for itself. */
const prefixList: FieldType = {
  kind: 'list',
  parse: (input, field) =>
    input
      .split(',')
      .filter((part) => part !== '')
      .map((part) => {
        const prefix = parseIpPrefix(part.trim());
        if (!prefix) throw invalidValue(field);
        return formatIpPrefix(prefix);
      })
      .join(','),
};

/** A key, or `auto` for one that the router makes, or `none`. */
function keyOrAuto(make: () => string): FieldType {
  return {
    kind: 'text',
    parse: (input, field, router) => {
      if (input === 'auto') return make();
      return input === 'none' ? '' : wireguardKey.parse(input, field, router);
    },
  };
}

/** The other ends of WireGuard interfaces. */
export const wireguardPeers: MenuDefinition = {
  path: PATH,
  kind: 'list',
  nameField: 'name',
  noun: 'wireguard peer',
  ordered: true,
  fields: {
    'allowed-address': { type: prefixList, default: '' },
    'client-address': { type: text, default: '' },
    'client-allowed-address': { type: text, default: '', since: '7.22' },
    'client-dns': { type: addressList, default: '' },
    'client-endpoint': { type: text, default: '' },
    'client-keepalive': { type: duration(), emptyClears: true },
    'client-listen-port': { type: integer(0, 65_535), emptyClears: true },
    comment,
    'current-endpoint-address': computed((item, router) =>
      shakesHands(item, router) ? item.values['endpoint-address'] : '',
    ),
    'current-endpoint-port': computed((item, router) =>
      shakesHands(item, router) ? item.values['endpoint-port'] : '0',
    ),
    disabled,
    dynamic,
    'endpoint-address': { type: host, default: '', emptyClears: true },
    'endpoint-port': { type: integer(0, 65_535), default: '0' },
    interface: { type: reference('/interface/wireguard'), required: true },
    'is-responder': { type: boolean, default: 'false', since: '7.15', until: '7.18' },
    'last-handshake': computed((item, router) =>
      shakesHands(item, router) ? formatDuration(sinceHandshakeMs(item, router)) : undefined,
    ),
    name: { type: text, default: (router) => freeName(router, 'peer', PATH), since: '7.15' },
    'persistent-keepalive': { type: duration(), emptyClears: true },
    'preshared-key': { type: keyOrAuto(newPresharedKey), default: '', sensitive: true },
    'private-key': { type: keyOrAuto(newPrivateKey), default: '', sensitive: true },
    'public-key': { type: wireguardKey, default: '' },
    responder: { type: boolean, default: 'false', since: '7.18' },
    rx: computed((item, router) => traffic(item, router, 92)),
    tx: computed((item, router) => traffic(item, router, 148)),
  },
  prepare: ({ kind, after, given }) => {
    if (kind === 'remove') return;
    if (given.has('private-key') && after['private-key']) after['public-key'] = publicKeyOf(after['private-key']);
    if (!after['public-key']) throw invalidValue('public-key');
  },
  collision: (candidate, others) =>
    others.some((other) => isSamePeer(other.values, candidate)) ? PEER_EXISTS : undefined,
  commands: {
    'show-client-config': {
      policy: 'read',
      parameters: ['number', 'as-value', 'file'],
      run: (args, router) => ({
        kind: 'rows',
        rows: namedItems(args, PATH, router).map((peer) => ({ conf: clientConfiguration(peer, router) })),
      }),
    },
  },
};

/** The refusal of a second peer with the same key on an interface. Not measured on a device. */
const PEER_EXISTS = 'already have such peer';

function isSamePeer(left: Values, right: Values): boolean {
  return left['interface'] === right['interface'] && left['public-key'] === right['public-key'];
}

/** A peer whose address is known answers; one that is to call first never does. */
function shakesHands(peer: Item, router: RouterView): boolean {
  const own = interfaceAt(peer.values['interface'], router);
  const works = own !== undefined && isRunning(own, router) && peer.values['disabled'] !== 'true';
  return works && (peer.values['endpoint-address'] ?? '') !== '' && peer.values['allowed-address'] !== '';
}

/** Keys are agreed on anew every two minutes. */
function sinceHandshakeMs(peer: Item, router: RouterView): number {
  const offsetMs = Number.parseInt(peer.id.slice(1), 16) * 7000;
  return Math.floor(((router.clock.uptimeMs() + offsetMs) % REKEY_AFTER_MS) / 1000) * 1000;
}

const REKEY_AFTER_MS = 120_000;

/** Bytes of the handshakes since boot. */
function traffic(peer: Item, router: RouterView, bytesPerHandshake: number): string {
  if (!shakesHands(peer, router)) return '0';
  return String(Math.floor(router.clock.uptimeMs() / REKEY_AFTER_MS + 1) * bytesPerHandshake);
}

/** The file that configures the other end, as far as the router knows it. */
function clientConfiguration(peer: Item, router: RouterView): string {
  const { values } = peer;
  const own = interfaceAt(values['interface'], router)?.values ?? {};
  const endpoint = values['client-endpoint'] === '' ? '' : `${values['client-endpoint']}:${own['listen-port']}`;
  const lines: [string, string | undefined][] = [
    ['ListenPort', values['client-listen-port']],
    ['PrivateKey', values['private-key']],
    ['Address', values['client-address']],
    ['DNS', values['client-dns']],
  ];
  const peerLines: [string, string | undefined][] = [
    ['PublicKey', publicKeyOf(own['private-key'] ?? '')],
    ['PresharedKey', values['preshared-key']],
    ['AllowedIPs', '0.0.0.0/0, ::/0'],
    ['Endpoint', endpoint],
    ['PersistentKeepalive', values['client-keepalive']],
  ];
  const printed = (entries: typeof lines): string[] =>
    entries.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name} = ${value}`]));
  return ['[Interface]', ...printed(lines), '', '[Peer]', ...printed(peerLines), ''].join('\r\n');
}
