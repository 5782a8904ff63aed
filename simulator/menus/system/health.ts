import type { Sensor } from '../../boards.ts';
import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { boolean, duration, integer, text, word } from '../../values/field-types.ts';

const HEALTH = '/system/health';

/** What the sensors of a board measure; an empty list on boards without any. */
export const systemHealth: MenuDefinition = {
  path: HEALTH,
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  nameField: 'name',
  available: ({ board }) => board.model !== undefined,
  fields: {
    name: { type: text, access: 'read-only' },
    type: { type: text, access: 'read-only' },
    value: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    (router.board.sensors ?? []).map((sensor, position): Item => ({
      id: `*${(FIRST_ID + position).toString(16).toUpperCase()}`,
      dynamic: false,
      values: { name: sensor.name, type: sensor.type, value: reading(sensor, position, router) },
      internal: {},
    })),
};

/** Ids of sensors begin here, as on boards that were captured. */
const FIRST_ID = 0xd;

/** A CHR has no sensors; what its menu prints is not measured, only that it is no list and takes this field. */
export const systemHealthOfChr: MenuDefinition = {
  path: HEALTH,
  kind: 'singleton',
  noun: 'health settings',
  available: ({ board }) => board.model === undefined,
  fields: { 'state-after-reboot': { type: word('enabled', 'disabled'), default: 'enabled' } },
};

/** How fans are run and what happens when the processor gets too hot; on boards with sensors. */
export const systemHealthSettings: MenuDefinition = {
  path: '/system/health/settings',
  kind: 'singleton',
  noun: 'health settings',
  available: ({ board }) => board.model !== undefined && board.sensors !== undefined,
  fields: {
    'cpu-overtemp-check': { type: boolean, default: 'false' },
    'cpu-overtemp-startup-delay': { type: duration(0, 900_000), default: '1m' },
    'cpu-overtemp-threshold': { type: integer(0, 105), default: '105' },
    'fan-control-interval': { type: integer(5, 300), default: '30', available: hasFans },
    'fan-full-speed-temp': { type: integer(-273, 150), default: '65', available: hasFans },
    'fan-min-speed-percent': { type: integer(0, 100), default: '12', available: hasFans },
    'fan-target-temp': { type: integer(-273, 150), default: '58', available: hasFans },
  },
};

function hasFans({ board }: { readonly board: { readonly sensors?: readonly Sensor[] } }): boolean {
  return board.sensors?.some(({ type }) => type === 'RPM') === true;
}

/** A slow wave over the hours, another one for every sensor and router. */
function reading({ base, swing = 0, type }: Sensor, position: number, router: RouterView): string {
  if (typeof base === 'string') return base;
  const hours = router.clock.uptimeMs() / 3_600_000;
  const value = base + (swing / 2) * (1 + Math.sin(hours / 4 + position * 1.7 + router.index));
  return type === 'C' || type === 'RPM' ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
