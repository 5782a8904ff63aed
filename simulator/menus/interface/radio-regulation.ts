import { noMatch } from '../../engine/router-error.ts';

/** A range of frequencies that a country allows. */
type Range = {
  readonly mhz: string;
  readonly dbm: number;
  readonly width: number;
  readonly flags?: readonly ('indoor' | 'dfs')[];
};

const EUROPE: readonly Range[] = [
  { mhz: '2402-2482', dbm: 20, width: 40 },
  { mhz: '5170-5250', dbm: 23, width: 160, flags: ['indoor'] },
  { mhz: '5250-5330', dbm: 23, width: 160, flags: ['indoor', 'dfs'] },
  { mhz: '5490-5730', dbm: 30, width: 160, flags: ['dfs'] },
  { mhz: '5735-5875', dbm: 14, width: 80 },
];
const NORTH_AMERICA: readonly Range[] = [
  { mhz: '2402-2472', dbm: 30, width: 40 },
  { mhz: '5170-5250', dbm: 30, width: 160 },
  { mhz: '5250-5330', dbm: 23, width: 160, flags: ['dfs'] },
  { mhz: '5490-5730', dbm: 23, width: 160, flags: ['dfs'] },
  { mhz: '5735-5835', dbm: 30, width: 80 },
];

/** Some of the countries that routers know; what of them was published by the vendor is that of Latvia. */
const COUNTRIES: Readonly<Record<string, readonly Range[]>> = {
  Canada: NORTH_AMERICA,
  Germany: EUROPE,
  Latvia: EUROPE,
  Poland: EUROPE,
  'United States': NORTH_AMERICA,
};

/** `2402-2482/20dBm/40MHz,5170-5250/23dBm/160MHz/indoor`, as the newer drivers tell it. */
export function rangesOf(country: string): string {
  const ranges = COUNTRIES[country];
  if (ranges === undefined) throw noMatch('country');
  return ranges
    .map(({ mhz, dbm, width, flags = [] }) => [mhz, `${dbm}dBm`, `${width}MHz`, ...flags].join('/'))
    .join(',');
}

/** `2402-2482/b,g,gn20,gn40(20dBm)`, as the older driver tells it, which writes countries in small letters. */
export function olderRangesOf(country: string): string {
  const found = Object.keys(COUNTRIES).find((name) => name.toLowerCase() === country);
  const ranges = country === 'etsi' ? EUROPE : COUNTRIES[found ?? ''];
  if (ranges === undefined) throw noMatch('country');
  return ranges
    .map(({ mhz, dbm, flags = [] }) => {
      const modes = mhz.startsWith('2') ? 'b,g,gn20,gn40' : 'a,an20,an40,ac20,ac40,ac80';
      const more = flags.includes('dfs') ? ['dfs', 'passive'] : [];
      return `${mhz}/${modes}(${dbm}dBm)${more.length > 0 ? `/${more.join(',')}` : ''}`;
    })
    .join(',');
}
