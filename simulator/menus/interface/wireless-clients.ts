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
};

/** The clients of a radio: one to three, the same for as long as it works; none while it is disabled or a station. */
export function clientsOf(radio: Item, router: RouterView): WirelessClient[] {
  if (!serves(radio)) return [];
  const seed = Number.parseInt(radio.id.slice(1), 16);
  const upMs = router.clock.uptimeMs() - (radio.internal['servesFromMs'] ?? 0);
  return Array.from({ length: 1 + ((router.index + seed) % 3) }, (_, number) => {
    // Clients come one after the other once the radio works.
    const uptimeMs = upMs - number * SECONDS_BETWEEN_CLIENTS * 1000;
    const seconds = Math.max(0, uptimeMs / 1000);
    return {
      mac: neighbourMac(router.index, seed * 16 + number),
      signal: -48 - ((router.index * 5 + seed * 3 + number * 9) % 30),
      uptimeMs,
      txBytes: Math.floor(seconds * 3100 * (number + 1)),
      rxBytes: Math.floor(seconds * 740 * (number + 1)),
      txPackets: Math.floor(seconds * 5 * (number + 1)),
      rxPackets: Math.floor(seconds * 4 * (number + 1)),
    };
  }).filter((client) => client.uptimeMs >= 0);
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
    if (bootedNow) radio.internal['servesFromMs'] = 0;
    else if (radio.internal['serves'] === 1 && !served) radio.internal['servesFromMs'] = router.clock.uptimeMs();
  }
}

const RADIO_TYPES = ['wifi', 'wlan'];
const SECONDS_BETWEEN_CLIENTS = 20;

/** Virtual access points have no clients: nobody here knows of them. */
function serves(radio: Item): boolean {
  const mode = radio.values['configuration.mode'] ?? radio.values['mode'] ?? 'ap';
  const isRadio = RADIO_TYPES.includes(radio.values['type'] ?? '') && radio.values['default-name'] !== undefined;
  return isRadio && radio.values['disabled'] !== 'true' && mode.startsWith('ap');
}
