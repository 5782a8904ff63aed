import { z } from 'zod';
import { defineListRead } from '../define-list-read.ts';
import { hasMacStart, InterfaceName, isWanted, MacStart } from '../list-filters.ts';
import { CAPS_MAN_PATHS, capsManClients } from './caps-man-menu.ts';
import { WIFI_PATHS, wifiClients } from './wifi-menu.ts';
import { WIRELESS_PATHS, wirelessClients } from './wireless-menu.ts';
import { DRIVERS, readWireless } from './wireless-menus.ts';
import { WirelessClient } from './wireless-shapes.ts';

export const listWirelessClients = defineListRead({
  name: 'list_wireless_clients',
  title: 'Wireless clients',
  summary:
    'Wi-Fi clients connected to a router or to access points it controls: signal, rates, traffic, SSID and access point, whatever the driver; for bad or missing Wi-Fi.',
  toolset: 'wireless',
  isCore: true,
  phase: 1,
  paths: [...WIFI_PATHS, ...WIRELESS_PATHS, ...CAPS_MAN_PATHS],
  filters: z.strictObject({
    interface: InterfaceName.optional().describe('Only clients at this interface, such as "wifi1"'),
    ssid: z.string().min(1).max(32).optional().describe('Only clients of this network'),
    accessPoint: z.string().min(1).max(128).optional().describe('Only clients at the access point of this identity'),
    macAddress: MacStart.optional().describe('Only clients with this MAC address, or its first bytes'),
    signalAtMostDbm: z
      .int()
      .min(-120)
      .max(0)
      .optional()
      .describe('Only clients heard this weakly or worse, such as -75'),
  }),
  item: WirelessClient,
  items: 'clients',
  about: z.strictObject({
    /** Of the router's own radios. */
    driver: z.enum(DRIVERS),
  }),
  limits: { usual: 100, most: 500 },
  read: async (router, { interface: at, ssid, accessPoint, macAddress, signalAtMostDbm }) => {
    const { driver, rows } = await readWireless(router, {
      wifi: wifiClients,
      wireless: wirelessClients,
      capsMan: capsManClients,
    });
    return {
      rows: rows.filter(
        (row) =>
          isWanted(at, row.interface) &&
          isWanted(ssid, row.ssid) &&
          isWanted(accessPoint, row.accessPoint) &&
          hasMacStart(macAddress, row.macAddress) &&
          (signalAtMostDbm === undefined || (row.signalDbm !== null && row.signalDbm <= signalAtMostDbm)),
      ),
      about: { driver },
    };
  },
});
