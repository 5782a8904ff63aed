import type { RouterView } from '../../../engine/definition.ts';
import { integer, text, word } from '../../../values/field-types.ts';
import { namedItems } from '../named-items.ts';
import { interfaceMenu } from '../typed-interface.ts';
import { newPrivateKey, publicKeyOf, wireguardKey } from './keys.ts';

const PATH = '/interface/wireguard';

/** WireGuard interfaces. One without a private key makes itself one; its public key follows from it. */
export const wireguardInterfaces = interfaceMenu({
  path: PATH,
  type: 'wg',
  namePrefix: 'wireguard',
  noun: 'wireguard',
  fields: {
    'listen-port': { type: integer(0, 65_535), default: freePort },
    mtu: { type: integer(68, 65_535), default: '1420' },
    'private-key': { type: wireguardKey, sensitive: true },
    'public-key': { type: text, access: 'read-only' },
    vrf: { type: word('main'), default: 'main', since: '7.22' },
  },
  prepare: ({ kind, after }) => {
    if (kind === 'remove') return;
    const privateKey =
      after['private-key'] === undefined || after['private-key'] === '' ? newPrivateKey() : after['private-key'];
    Object.assign(after, { 'private-key': privateKey, 'public-key': publicKeyOf(privateKey) });
  },
  commands: {
    'wg-export': {
      policy: 'read',
      parameters: ['number', 'as-value', 'file'],
      run: (args, router) => {
        const [shown] = namedItems(args, PATH, router);
        const values = shown?.values ?? {};
        const lines = ['[Interface]', `ListenPort = ${values['listen-port']}`, `PrivateKey = ${values['private-key']}`];
        const peers = router.items(`${PATH}/peers`).filter((peer) => peer.values['interface'] === shown?.id);
        for (const peer of peers) {
          lines.push('', '[Peer]', `AllowedIPs = ${peer.values['allowed-address']}`);
          lines.push(`PublicKey = ${peer.values['public-key']}`);
        }
        return { kind: 'rows', rows: [{ conf: `${lines.join('\r\n')}\r\n` }] };
      },
    },
  },
});

/** The usual port, or the next one that no other interface listens on. */
function freePort(router: RouterView): string {
  const taken = new Set(router.items(PATH).map((item) => item.values['listen-port']));
  let port = FIRST_PORT;
  while (taken.has(String(port))) port += 1;
  return String(port);
}

const FIRST_PORT = 13_231;
