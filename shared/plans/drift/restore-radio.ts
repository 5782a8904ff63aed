import { toBoolean } from '../../routeros/values.ts';
import { driftedFields } from './reconcile-drift.ts';
import { restoreInterface, type Restorer } from './restore-rows.ts';

type Values = Readonly<Record<string, string>>;
/** How a field is said in an input, by the row of the baseline; a text when the kind cannot say it. */
type Said = Readonly<Record<string, (before: Values) => Record<string, unknown> | string>>;

const common: Said = {
  disabled: (before) => ({ enabled: !toBoolean(before['disabled']) }),
  comment: (before) => ({ comment: before['comment'] ?? '' }),
};

/** Of the drivers of 802.11ax radios and later. */
const WIFI: Said = {
  ...common,
  'configuration.ssid': ssid('configuration.ssid'),
  'configuration.hide-ssid': (before) => ({ hideSsid: toBoolean(before['configuration.hide-ssid']) }),
  'configuration.mode': mode('configuration.mode', ['ap']),
  'configuration.tx-power': (before) => ({ txPowerDbm: numberOr(before['configuration.tx-power'], 'auto') }),
  'channel.frequency': frequency('channel.frequency', 'channel.skip-dfs-channels', 'channel.band'),
  'channel.width': oneOf('channel.width', 'widthMhz', {
    '20mhz': '20',
    '20/40mhz': '40',
    '20/40/80mhz': '80',
    '20/40/80/160mhz': '160',
  }),
  'channel.band': (before) => {
    const [, standard] = /^[256]ghz-(g|n|ac|ax|be)$/.exec(before['channel.band'] ?? '') ?? [];
    return standard === undefined ? unsaid('channel.band', before) : { standard };
  },
};

/** Of the driver of older radios. */
const WIRELESS: Said = {
  ...common,
  ssid: ssid('ssid'),
  'hide-ssid': (before) => ({ hideSsid: toBoolean(before['hide-ssid']) }),
  mode: mode('mode', ['ap-bridge']),
  frequency: frequency('frequency', 'skip-dfs-channels', 'band'),
  'channel-width': oneOf('channel-width', 'widthMhz', {
    '20mhz': '20',
    '20/40mhz-XX': '40',
    '20/40/80mhz-XXXX': '80',
    '20/40/80/160mhz-XXXXXXXX': '160',
  }),
  band: oneOf('band', 'standard', { '2ghz-b/g': 'g', '2ghz-b/g/n': 'n', '5ghz-a/n': 'n', '5ghz-a/n/ac': 'ac' }),
};

const OF_ANY_INTERFACE: readonly string[] = ['disabled', 'comment', 'mtu'];

/** Access points by name: a radio is exported by the name it was made with, and the baseline may not tell another one. */
export const restoreRadio: Restorer = (drift, baseline) => {
  const { kind, objectKey, menu } = drift;
  const fields = driftedFields(drift);
  if (kind === 'changed' && fields.every((field) => OF_ANY_INTERFACE.includes(field))) {
    return restoreInterface(drift, baseline);
  }
  const byMaking = /(?:^|, )default-name=([^\s",]+)/.exec(objectKey)?.[1];
  if (kind !== 'changed' && byMaking === undefined) return 'no plan kind makes or removes interfaces';
  if (kind === 'moved') return 'no plan kind moves interfaces';
  const how = menu === '/interface/wireless' ? WIRELESS : WIFI;
  if (fields.includes('name')) return 'no plan kind renames interfaces';
  const strange = fields.filter((field) => how[field] === undefined);
  if (strange.length > 0) return `plan_wireless does not set ${strange.join(', ')}`;
  const before = drift.before ?? {};
  const name = before['name'] ?? drift.after?.['name'] ?? byMaking;
  const values = fields.map((field) => how[field]?.(before) ?? {});
  const problem = values.find((value) => typeof value === 'string');
  if (problem !== undefined) return problem;
  const settings = Object.assign({}, ...values) as Record<string, unknown>;
  return { kind: 'wireless', group: '', input: { interfaces: [{ name, ...settings }] } };
};

function ssid(field: string): Said[string] {
  return (before) => (before[field] ? { ssid: before[field] } : unsaid(field, before));
}

/** What is not told is the mode of an access point with the newer drivers, and of a station with the older one. */
function mode(field: string, accessPoint: readonly string[]): Said[string] {
  return (before) => {
    const held = before[field] ?? (field === 'configuration.mode' ? 'ap' : 'station');
    return accessPoint.includes(held) ? { mode: 'ap' } : `plan_wireless sets no radio to the mode ${held}`;
  };
}

/** With `auto` the kind has radios of 5 GHz leave out DFS channels too. */
function frequency(field: string, skipsDfs: string, band: string): Said[string] {
  return (before) => {
    const held = before[field] ?? (field === 'frequency' ? undefined : 'auto');
    if (held === undefined) return unsaid(field, before);
    if (held !== 'auto') return { frequencyMhz: Number(held) };
    const isFree = before[skipsDfs] === 'all' || before[band]?.startsWith('2ghz') === true;
    return isFree ? { frequencyMhz: 'auto' } : 'plan_wireless leaves no channel to the radio without leaving out DFS';
  };
}

function oneOf(field: string, name: string, texts: Readonly<Record<string, string>>): Said[string] {
  return (before) => {
    const value = texts[before[field] ?? ''];
    return value === undefined ? unsaid(field, before) : { [name]: value };
  };
}

function numberOr(value: string | undefined, other: string): number | string {
  return value === undefined ? other : Number(value);
}

function unsaid(field: string, before: Values): string {
  const held = before[field];
  return held ? `plan_wireless does not set ${field} to ${held}` : `plan_wireless takes ${field} from no radio`;
}
