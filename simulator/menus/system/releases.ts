import { isAtLeast } from '../../engine/version.ts';

/** When versions were built. */
const BUILT: Readonly<Record<string, string | undefined>> = {
  '7.12.2': '2024-02-20 13:03:19',
  '7.16.2': '2024-11-26 12:09:40',
  '7.20.8': '2026-01-30 09:41:26',
  '7.22.3': '2026-04-22 07:55:12',
};

/** What is newest in every channel, of all that the simulator's world has released. */
export const NEWEST: Readonly<Record<string, string | undefined>> = {
  stable: '7.22.3',
  'long-term': '7.20.8',
  testing: '7.23rc2',
  development: '7.24beta3',
};

/** When the software of a version was built: `2026-01-30 09:41:26`. Versions between the known ones are spread out. */
export function buildTime(version: string): string {
  const known = BUILT[version];
  if (known !== undefined) return known;
  const [minor = 0, patch = 0] = version
    .split('.')
    .slice(1)
    .map((part) => Number.parseInt(part, 10) || 0);
  const built = Date.UTC(2023, 10, 9, 9, 0, 0) + (minor - 12) * 62 * DAY_MS + patch * 17 * DAY_MS + minor * 617_000;
  return new Date(built).toISOString().slice(0, 19).replace('T', ' ');
}

const DAY_MS = 86_400_000;

/** The channel that a version says it is of. */
export function channelOf(version: string): string {
  if (version.includes('beta')) return 'development';
  return version.includes('rc') ? 'testing' : 'stable';
}

/** Is there something newer in a channel? */
export function isNewest(version: string, channel: string): boolean {
  return isAtLeast(version, NEWEST[channel] ?? '7');
}
