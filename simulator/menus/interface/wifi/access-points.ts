import type { Item, RouterView, Values } from '../../../engine/definition.ts';
import { formatDuration } from '../../../values/duration.ts';
import { matchesPattern } from '../../../values/pattern.ts';
import { hexOctets } from '../made-macs.ts';
import { type ControlledRadio, provisionRadios } from '../provision-radios.ts';

/** An access point that came to the controller of a router. */
export type AccessPoint = {
  /** The number of its row. */
  readonly number: number;
  readonly identity: string;
  readonly mac: string;
  readonly radios: readonly { readonly mac: string; readonly isTwoGigahertz: boolean }[];
};

const IDENTITIES = ['cap-hall', 'cap-yard'];
const FIRST_NUMBER = 0x41;

/** Two access points stand behind every router, and come to its controller once it is on. */
export function accessPointsOf(root: string, router: RouterView): AccessPoint[] {
  if (router.singleton(`${root}/capsman`)['enabled'] !== 'yes') return [];
  return IDENTITIES.map((identity, position) => {
    const mac = (port: number): string => `48:A9:8A:${hexOctets(router.index * 64 + position * 16 + port, 3)}`;
    return {
      number: FIRST_NUMBER + position,
      identity,
      mac: mac(0),
      radios: [
        { mac: mac(2), isTwoGigahertz: false },
        { mac: mac(3), isTwoGigahertz: true },
      ],
    };
  });
}

/** What the controller prints of an access point. */
export function accessPointRow(accessPoint: AccessPoint, router: RouterView): Item {
  const { number, identity, mac } = accessPoint;
  const since = formatDuration(Math.max(0, Math.floor(router.clock.uptimeMs() / 1000) - 20) * 1000);
  const values = {
    address: `fe80::4aa9:8aff:fe${mac.slice(9, 11)}:${mac.slice(12).replace(':', '')}%bridge`.toLowerCase(),
    'base-mac': mac,
    'board-name': 'cAPGi-5HaxD2HaxD',
    'common-name': `CAP-${mac.replaceAll(':', '')}`,
    'connected-time': since,
    identity,
    serial: `HE1${hexOctets(number + router.index * 16, 3).replaceAll(':', '')}`,
    state: 'Ok',
    uptime: since,
    version: router.version,
  };
  return { id: idOf(accessPoint), dynamic: true, values, internal: {} };
}

/** How a radio and its interface name their access point; undefined for the router's own. */
export function capOf(radioMac: string | undefined, root: string, router: RouterView): string | undefined {
  const owner = accessPointsOf(root, router).find(({ radios }) => radios.some(({ mac }) => mac === radioMac));
  return owner && `${owner.identity}@${owner.mac}%${idOf(owner)}`;
}

/** Gives radios that came their interfaces: all of them, or those with `macs`. */
export function provision(root: string, router: RouterView, macs?: readonly string[]): void {
  const radios = accessPointsOf(root, router).flatMap(({ identity, radios: own }) =>
    own.map((radio) => ({ ...radio, identity })),
  );
  const rules = `${root}/provisioning`;
  provisionRadios({ menu: root, type: 'wifi', namePrefix: 'cap-wifi', rules, matches }, radios, router, macs);
}

function matches(rule: Values, { mac, isTwoGigahertz, identity }: ControlledRadio): boolean {
  const bands = rule['supported-bands'];
  const band = isTwoGigahertz ? '2ghz' : '5ghz';
  if (rule['radio-mac'] !== undefined && rule['radio-mac'] !== mac) return false;
  if (bands !== undefined && !bands.split(',').some((member) => member.startsWith(band))) return false;
  return rule['identity-regexp'] === undefined || matchesPattern(rule['identity-regexp'], identity);
}

function idOf({ number }: AccessPoint): string {
  return `*${number.toString(16).toUpperCase()}`;
}
