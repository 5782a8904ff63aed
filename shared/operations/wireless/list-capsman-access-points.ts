import { z } from 'zod';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, PartOfText } from '../list-filters.ts';
import { Word } from '../output-fields.ts';
import { CAPS_MAN_PATHS, capsManAccessPoints, isCapsManEnabled } from './caps-man-menu.ts';
import { isWifiCapsmanEnabled, WIFI_PATHS, wifiAccessPoints } from './wifi-menu.ts';
import { CAPS_MAN, DRIVERS, readWireless } from './wireless-menus.ts';
import { AccessPoint } from './wireless-shapes.ts';

export const listCapsmanAccessPoints = defineListRead({
  name: 'list_capsman_access_points',
  title: 'CAPsMAN access points',
  summary:
    'The access points (CAPs) that a router controls by CAPsMAN, old or new: state, address, board, version, radios and number of clients; and whether its controllers are on.',
  toolset: 'wireless',
  phase: 1,
  paths: [...WIFI_PATHS, ...CAPS_MAN_PATHS],
  filters: z.strictObject({
    identity: PartOfText.optional().describe('Only access points whose identity or name contains this'),
  }),
  item: AccessPoint,
  items: 'accessPoints',
  about: z.strictObject({
    driver: z.enum(DRIVERS),
    /** The controllers it has, on or off. */
    controllers: z.array(z.strictObject({ menu: Word, enabled: z.boolean() })),
  }),
  limits: { usual: 100, most: 500 },
  read: async (router, { identity }) => {
    const { driver, rows: controllers } = await readWireless(router, {
      wifi: async (_, menu) => [
        {
          menu: `${menu}/capsman`,
          enabled: await isWifiCapsmanEnabled(router, menu),
          accessPoints: await wifiAccessPoints(router, menu),
        },
      ],
      wireless: async () => [],
      capsMan: async () => [
        {
          menu: CAPS_MAN,
          enabled: await isCapsManEnabled(router),
          accessPoints: await capsManAccessPoints(router),
        },
      ],
    });
    return {
      rows: controllers
        .flatMap(({ accessPoints }) => accessPoints)
        .filter((row) => holdsPart(identity, row.identity, row.name)),
      about: { driver, controllers: controllers.map(({ menu, enabled }) => ({ menu, enabled })) },
    };
  },
});
