import { z } from 'zod';
import { RouterValues } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { BANDS, bandOf, masterOf, type Band } from '../../operations/wireless/wireless-values.ts';
import { radioRanges } from '../../routeros/radio-regulation.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import { driverOf, WIRELESS, type RadioMenu } from './radio-drivers.ts';
import { isAboutRadio, type WantedRadio, type WirelessInput } from './radio-wish.ts';

const WIFI_MENUS = ['/interface/wifi', '/interface/wifiwave2'] as const;
const INFO = `${WIRELESS}/info`;
const CAP = `${WIRELESS}/cap`;
export const RADIO_MENUS: readonly string[] = [
  ...WIFI_MENUS.flatMap((menu) => [menu, `${menu}/configuration`, `${menu}/channel`, `${menu}/radio`]),
  WIRELESS,
  INFO,
  CAP,
];

const Range = z.strictObject({
  firstMhz: z.number(),
  lastMhz: z.number(),
  mostDbm: z.number(),
  mostWidthMhz: z.number().nullable(),
  dfs: z.boolean(),
});

export const HeldRadio = z.strictObject({
  name: z.string(),
  /** Of a virtual access point: the interface of its radio. */
  master: z.string().nullable(),
  band: z.enum(BANDS).nullable(),
  /** A controller configures it. */
  controlled: z.boolean(),
  /** What its row holds. */
  own: RouterValues,
  /** What holds for it by its profiles, unless its row says otherwise. */
  inherited: RouterValues,
  /** What the router tells of the radio: bands with widths, and frequencies. Null where it does not. */
  bands: z.string().nullable(),
  frequencies: z.array(z.number()).nullable(),
  /** What its country allows; null where nothing about the radio is asked, or nothing tells. */
  ranges: z.array(Range).nullable(),
});
export type HeldRadio = z.output<typeof HeldRadio>;

export const CurrentRadios = z.strictObject({
  /** Null for a router without radios of its own. */
  menu: z.enum([...WIFI_MENUS, WIRELESS]).nullable(),
  /** Those asked for. */
  radios: z.array(HeldRadio),
  /** What carries the connection by which the router is managed; null where nothing is changed that may cut it. */
  carriers: z.array(z.string()).nullable(),
});
export type CurrentRadios = z.output<typeof CurrentRadios>;

/** The interfaces that the wish means, by name or by band. */
export function isMeant(
  { name, band, master }: Pick<HeldRadio, 'name' | 'band' | 'master'>,
  wish: WantedRadio,
): boolean {
  return wish.name === undefined ? master === null && band === wish.band : wish.name === name;
}

export async function readRadios(
  router: Router,
  { interfaces }: WirelessInput,
): Promise<Omit<CurrentRadios, 'carriers'>> {
  const { radios: menu } = await router.facts();
  if (menu === null) return { menu, radios: [] };
  const found = menu === WIRELESS ? await wirelessRadios(router) : await wifiRadios(router, menu);
  const radios: HeldRadio[] = [];
  for (const { id, ...radio } of found) {
    const wishes = interfaces.filter((wish) => isMeant(radio, wish));
    if (wishes.length === 0) continue;
    radios.push({ ...radio, ranges: wishes.some(isAboutRadio) ? await rangesFor(router, menu, radio, id) : null });
  }
  return { menu, radios: radios.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
}

type FoundRadio = Omit<HeldRadio, 'ranges'> & {
  /** Of the radio, in the menu that tells what it can; null where there is none. */
  id: string | null;
};

async function wirelessRadios(router: Router): Promise<FoundRadio[]> {
  const fields = [...driverOf(WIRELESS).fields, 'name', 'comment', 'disabled', 'dynamic', 'master-interface'];
  const rows = await router.list(WIRELESS, { fields });
  const cap = await router.get(CAP);
  const controlled = new Set(toBoolean(cap['enabled']) ? toList(cap['interfaces']) : []);
  return rows.map((row) => ({
    ...identityOf(row),
    band: bandOf((rows.find(({ name }) => name === masterOf(row)) ?? row)['band']),
    controlled: toBoolean(row['dynamic']) || controlled.has(row['name'] ?? '') || controlled.has(masterOf(row) ?? ''),
    own: valuesOf(row, [...driverOf(WIRELESS).fields, 'comment', 'disabled']),
    inherited: {},
    bands: null,
    frequencies: null,
    id: null,
  }));
}

async function wifiRadios(router: Router, menu: Exclude<RadioMenu, typeof WIRELESS>): Promise<FoundRadio[]> {
  const settings = driverOf(menu).fields;
  const more = ['name', 'comment', 'disabled', 'dynamic', 'master-interface', 'cap', 'configuration', 'channel'];
  const rows = await router.list(menu, { fields: [...settings, ...more, 'configuration.manager'] });
  const names = settings.map((field) => field.replace(/^configuration\./, ''));
  const profiles = await router.list(`${menu}/configuration`, { fields: ['name', 'manager', 'channel', ...names] });
  const channels = await router.list(`${menu}/channel`, {
    fields: ['name', ...settings.flatMap((field) => (field.startsWith('channel.') ? field.slice(8) : []))],
  });
  const hardware = await router.list(`${menu}/radio`, { fields: ['interface', 'bands', ...CHANNEL_FIELDS] });
  return rows.map((row) => {
    const profile = profiles.find(({ name }) => name !== undefined && name === row['configuration']);
    const channelOf = (name: string | undefined): RouterRecord | undefined =>
      channels.find((one) => name !== undefined && one['name'] === name);
    const ofChannel = {
      ...prefixed(channelOf(profile?.['channel'])),
      ...profile,
      ...prefixed(channelOf(row['channel'])),
    };
    const inherited = valuesOf(
      Object.fromEntries(
        settings.map((field) => [field, ofChannel[field] ?? profile?.[field.replace(/^configuration\./, '')]]),
      ),
      settings,
    );
    const radio = hardware.find((one) => one['interface'] === row['name']);
    const master = rows.find(({ name }) => name === masterOf(row)) ?? row;
    const manager = row['configuration.manager'] ?? profile?.['manager'] ?? 'local';
    return {
      ...identityOf(row),
      band: bandOfWifi(radio, { ...inherited, ...row }, master),
      controlled: toBoolean(row['dynamic']) || Boolean(row['cap']) || manager.startsWith('capsman'),
      own: valuesOf(row, [...settings, 'comment', 'disabled']),
      inherited,
      bands: radio?.['bands'] || null,
      frequencies: frequenciesOf(radio),
      id: radio?.['.id'] ?? null,
    };
  });
}

const CHANNEL_FIELDS = ['2g-channels', '5g-channels', '6g-channels'];
const BAND_OF_CHANNELS: readonly Band[] = BANDS;

/** By what it is set to, or else by what it can. */
function bandOfWifi(radio: RouterRecord | undefined, values: RouterRecord, master: RouterRecord): Band | null {
  const set = [values, master].map((row) => bandOf(row['channel.band']) ?? bandOf(row['channel.frequency']));
  const can = CHANNEL_FIELDS.flatMap((field, index) => (radio?.[field] ? (BAND_OF_CHANNELS[index] ?? []) : []));
  return set[0] ?? set[1] ?? (can.length === 1 ? (can[0] ?? null) : null);
}

function frequenciesOf(radio: RouterRecord | undefined): number[] | null {
  const found = CHANNEL_FIELDS.flatMap((field) => toList(radio?.[field])).map((text) => Number(text.slice(0, 4)));
  return found.length === 0 ? null : found;
}

async function rangesFor(
  router: Router,
  menu: RadioMenu,
  { own, inherited }: Pick<HeldRadio, 'own' | 'inherited'>,
  id: string | null,
): Promise<HeldRadio['ranges']> {
  const field = driverOf(menu).country;
  const country = own[field] ?? inherited[field];
  if (country === undefined) return null;
  const asked =
    menu === WIRELESS ? { menu: INFO, command: 'country-info' } : { menu: `${menu}/radio`, command: 'reg-info' };
  try {
    const args = { country, ...(menu === WIRELESS || id === null ? {} : { numbers: id }) };
    const { rows } = await router.run(asked.menu, asked.command, args);
    const ranges = radioRanges(rows.map((row) => row['ranges'] ?? '').join(' '));
    return ranges.length === 0 ? null : ranges;
  } catch (error) {
    // A version or driver that does not tell: then nothing about the radio is changed.
    if (error instanceof AppError && DOES_NOT_TELL.has(error.code)) return null;
    throw error;
  }
}

const DOES_NOT_TELL: ReadonlySet<string> = new Set([
  'DEVICE_UNSUPPORTED',
  'DEVICE_ERROR',
  'DEVICE_VALUE_REFUSED',
  'DEVICE_REFERENCE_MISSING',
]);

function identityOf(row: RouterRecord): Pick<HeldRadio, 'name' | 'master'> {
  return { name: row['name'] ?? '', master: masterOf(row) };
}

function prefixed(channel: RouterRecord | undefined): RouterRecord {
  return Object.fromEntries(Object.entries(channel ?? {}).map(([field, value]) => [`channel.${field}`, value]));
}

function valuesOf(row: RouterRecord, fields: readonly string[]): RouterValues {
  return Object.fromEntries(
    fields.flatMap((field): [string, string][] => {
      const value = row[field];
      return value === undefined || value === '' ? [] : [[field, value]];
    }),
  );
}
