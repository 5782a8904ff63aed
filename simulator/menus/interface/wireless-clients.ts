import type { Item, RouterView } from '../../engine/definition.ts';
import { neighbourMac } from './made-macs.ts';

/** A device that is connected to a radio of the router. */
export type WirelessClient = {
  readonly mac: string;
  /** Received signal, in dBm. */
  readonly signal: number;
  /** Milliseconds since it connected. */
  readonly uptimeMs: number;
  /** Bytes and packets that went to it and came from it. */
  readonly txBytes: number;
  readonly rxBytes: number;
  readonly txPackets: number;
  readonly rxPackets: number;
  readonly txBitsPerSecond: number;
  readonly rxBitsPerSecond: number;
};

/** The clients of a radio: one to three, the same for as long as it works; none while it is disabled or a station. */
export function clientsOf(radio: Item, router: RouterView): WirelessClient[] {
  if (!serves(radio)) return [];
  const seed = Number.parseInt(radio.id.slice(1), 16);
  return connectedNumbers(radio, router).map((number) => {
    const uptimeMs = router.clock.uptimeMs() - connectedAtMs(radio, number);
    const seconds = Math.max(0, uptimeMs / 1000);
    const load = number + 1;
    return {
      mac: macOfClient(radio, number, router),
      signal: -48 - ((router.index * 5 + seed * 3 + number * 9) % 30),
      uptimeMs,
      txBytes: Math.floor(seconds * 3100 * load),
      rxBytes: Math.floor(seconds * 740 * load),
      txPackets: Math.floor(seconds * 5 * load),
      rxPackets: Math.floor(seconds * 4 * load),
      txBitsPerSecond: 24_800 * load,
      rxBitsPerSecond: 5920 * load,
    };
  });
}

/** Cuts a client off; it is back a moment later. */
export function dropClient(radio: Item, mac: string, router: RouterView): void {
  for (let number = 0; number < MOST_CLIENTS; number++) {
    if (macOfClient(radio, number, router) !== mac) continue;
    radio.internal[`client${number}FromMs`] = router.clock.uptimeMs() + RECONNECT_MS;
  }
}

/** Cuts all clients off. */
export function dropClients(radio: Item, router: RouterView): void {
  for (const { mac } of clientsOf(radio, router)) dropClient(radio, mac, router);
}

/** Is anybody connected to the radio? */
export function hasClients(radio: Item, router: RouterView): boolean {
  return clientsOf(radio, router).length > 0;
}

/** Notes since when radios serve clients: after a change of one of them, and when the router comes up. */
export function noteRadios(router: RouterView, bootedNow = false): void {
  for (const radio of router.items('/interface')) {
    if (!RADIO_TYPES.includes(radio.values['type'] ?? '')) continue;
    const served = radio.internal['serves'] === 1;
    radio.internal['serves'] = serves(radio) ? 1 : 0;
    if (served && !bootedNow && radio.internal['serves'] === 0) logLeaving(radio, router);
    if (bootedNow) {
      radio.internal['servesFromMs'] = 0;
      for (let number = 0; number < MOST_CLIENTS; number++) delete radio.internal[`client${number}FromMs`];
    } else if (radio.internal['serves'] === 1 && !served) {
      radio.internal['servesFromMs'] = router.clock.uptimeMs();
    }
  }
}

/** The radio stops: everybody who was connected is gone. */
function logLeaving(radio: Item, router: RouterView): void {
  for (const number of connectedNumbers(radio, router)) {
    const client = `${macOfClient(radio, number, router)}@${radio.values['name']}`;
    router.log('wireless,info', `${client} disconnected, interface disabled`);
  }
}

const RADIO_TYPES = ['cap', 'wifi', 'wlan'];
const MOST_CLIENTS = 3;
/** How long a client that was cut off stays away. */
export const RECONNECT_MS = 5000;
const MS_BETWEEN_CLIENTS = 20_000;

/** Which of a radio's clients have come, while it works. */
function connectedNumbers(radio: Item, router: RouterView): number[] {
  const count = 1 + ((router.index + Number.parseInt(radio.id.slice(1), 16)) % MOST_CLIENTS);
  const numbers = Array.from({ length: count }, (_, number) => number);
  return numbers.filter((number) => connectedAtMs(radio, number) <= router.clock.uptimeMs());
}

/** Clients come one after the other once the radio works. */
function connectedAtMs(radio: Item, number: number): number {
  const served = (radio.internal['servesFromMs'] ?? 0) + number * MS_BETWEEN_CLIENTS;
  return Math.max(served, radio.internal[`client${number}FromMs`] ?? 0);
}

function macOfClient(radio: Item, number: number, router: RouterView): string {
  return neighbourMac(router.index, Number.parseInt(radio.id.slice(1), 16) * 16 + number);
}

/** Virtual access points have no clients: nobody here knows of them. */
function serves(radio: Item): boolean {
  const mode = radio.values['configuration.mode'] ?? radio.values['mode'] ?? 'ap';
  const isBound = radio.values['default-name'] !== undefined || radio.internal['controlled'] === 1;
  const isRadio = RADIO_TYPES.includes(radio.values['type'] ?? '') && isBound;
  return isRadio && radio.values['disabled'] !== 'true' && mode.startsWith('ap');
}
