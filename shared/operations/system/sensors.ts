import type { RouterFacts } from '../../routeros/facts.ts';
import type { Router } from '../../routeros/router.ts';

const HEALTH = '/system/health';

/** One thing a board measures. A number has a unit; a state, such as that of a power supply, is a word. */
export interface Sensor {
  name: string;
  value: number | null;
  state: string | null;
  unit: string | null;
}

/** What a board measures: rows on boards; on virtual routers one record, whose only field is no sensor. */
export async function readSensors(router: Router, { health }: Pick<RouterFacts, 'health'>): Promise<Sensor[]> {
  if (health === null) return [];
  const rows =
    health === 'list'
      ? (await router.list(HEALTH)).map(({ name = '', value = '', type }) => toSensor(name, value, type || null))
      : Object.entries(await router.get(HEALTH)).map(([name, value = '']) => toSensor(name, value, unitByName(name)));
  return rows.filter(({ name }) => !NO_SENSORS.has(name));
}

/** Of several supplies the one that feeds the router shows the most: a dead one shows nothing. */
export function highestOf(sensors: readonly Sensor[], unit: 'C' | 'V'): Sensor | null {
  const measured = sensors.filter((sensor) => sensor.unit === unit && sensor.value !== null);
  return measured.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))[0] ?? null;
}

/** Power supplies that say they do not work; null where none says how it is. A supply without voltage may only be unplugged. */
export function failedSupplies(sensors: readonly Sensor[]): Sensor[] | null {
  const supplies = sensors.filter(({ name, state }) => /^psu\d*-state$/.test(name) && state !== null);
  return supplies.length === 0 ? null : supplies.filter(({ state }) => state !== 'ok');
}

function toSensor(name: string, text: string, unit: string | null): Sensor {
  // `24.1V` and `43C` is how a record shows them.
  const number = /^(-?\d+(?:\.\d+)?)([A-Z]{1,3})?$/.exec(text);
  if (!number) return { name, value: null, state: text === '' ? null : text, unit };
  return { name, value: Number(number[1]), state: null, unit: unit ?? number[2] ?? null };
}

/** A record names no units. */
function unitByName(name: string): string | null {
  if (name.endsWith('temperature')) return 'C';
  return name.endsWith('voltage') ? 'V' : null;
}

const NO_SENSORS: ReadonlySet<string> = new Set(['', '.id', 'state', 'state-after-reboot']);
