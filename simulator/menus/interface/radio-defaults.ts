import type { RouterView, Values } from '../../engine/definition.ts';

/** What the factory sets up a radio with; `mac` is the radio's own address. */
export function radioDefaults(router: RouterView, name: string, type: string, mac: string): Values {
  const ssid = `MikroTik-${mac.slice(9).replaceAll(':', '')}`;
  return type === 'wifi' ? wifiDefaults(router, name, ssid, mac) : wlanDefaults(name, ssid, mac);
}

/** The passphrase on the sticker of a router. */
export function stickerPassphrase(router: RouterView): string {
  let number = (router.index + 1) * 2_654_435_761;
  return Array.from({ length: 10 }, () => {
    number = (number * 48_271) % 2_147_483_647;
    return STICKER_LETTERS[number % STICKER_LETTERS.length];
  }).join('');
}

const STICKER_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

function wifiDefaults(router: RouterView, name: string, ssid: string, mac: string): Values {
  const band = name === 'wifi2' ? '2ghz-ax' : '5ghz-ax';
  return {
    'channel.band': band,
    'channel.skip-dfs-channels': '10min-cac',
    'channel.width': band === '2ghz-ax' ? '20/40mhz' : '20/40/80mhz',
    'configuration.mode': 'ap',
    'configuration.ssid': ssid,
    'radio-mac': mac,
    'security.authentication-types': 'wpa2-psk,wpa3-psk',
    'security.ft': 'true',
    'security.ft-over-ds': 'true',
    'security.passphrase': stickerPassphrase(router),
  };
}

function wlanDefaults(name: string, ssid: string, mac: string): Values {
  const isFive = name === 'wlan2';
  return {
    band: isFive ? '5ghz-a/n/ac' : '2ghz-b/g/n',
    'channel-width': isFive ? '20/40/80mhz-XXXX' : '20/40mhz-XX',
    country: 'etsi',
    distance: 'indoors',
    frequency: 'auto',
    installation: 'indoor',
    mode: 'ap-bridge',
    'radio-name': mac.replaceAll(':', ''),
    ssid,
    'wireless-protocol': '802.11',
  };
}
