import { z } from 'zod';
import { defineListRead } from '../define-list-read.ts';
import { isWanted } from '../list-filters.ts';
import { CAPS_MAN_PATHS, capsManInterfaces } from './caps-man-menu.ts';
import { WIFI_PATHS, wifiInterfaces } from './wifi-menu.ts';
import { WIRELESS_PATHS, wirelessInterfaces } from './wireless-menu.ts';
import { DRIVERS, readWireless } from './wireless-menus.ts';
import { WirelessInterface } from './wireless-shapes.ts';
import { BANDS } from './wireless-values.ts';

export const listWirelessInterfaces = defineListRead({
  name: 'list_wireless_interfaces',
  title: 'Wireless interfaces',
  summary:
    'Radios and virtual access points of a router and of access points it controls: SSID, band, channel, power, number of clients, whatever the driver (wifi, wireless, CAPsMAN).',
  toolset: 'wireless',
  phase: 1,
  paths: [...WIFI_PATHS, ...WIRELESS_PATHS, ...CAPS_MAN_PATHS],
  filters: z.strictObject({
    ssid: z.string().min(1).max(32).optional().describe('Only interfaces of this network'),
    band: z.enum(BANDS).optional().describe('Only interfaces in this band'),
    enabled: z.boolean().optional().describe('Only interfaces that are on (true) or disabled (false)'),
  }),
  item: WirelessInterface,
  items: 'interfaces',
  about: z.strictObject({
    /** Of the router's own radios. */
    driver: z.enum(DRIVERS),
  }),
  limits: { usual: 100, most: 500 },
  read: async (router, { ssid, band, enabled }) => {
    const { driver, rows } = await readWireless(router, {
      wifi: wifiInterfaces,
      wireless: wirelessInterfaces,
      capsMan: capsManInterfaces,
    });
    return {
      rows: rows.filter(
        (row) => isWanted(ssid, row.ssid) && isWanted(band, row.band) && isWanted(enabled, row.enabled),
      ),
      about: { driver },
    };
  },
});
