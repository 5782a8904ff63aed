import type { RouterFacts } from '../../shared/routeros/facts.ts';
import { compareVersions, parseVersion, type RouterVersion } from '../../shared/routeros/version.ts';

/** The first version that has it, or an interval of versions in which only the router itself can tell. */
interface Since {
  from: string;
  /** Below this version it is not certain; absent: `from` is exact. */
  certainFrom?: string;
}

const SAFE_MODE: Since = { from: '7.18' };
const WEBSERVER_SWITCHES: Since = { from: '7.22' };
const BGP_AFI: Since = { from: '7.19' };
const EXECUTE_AS_STRING: Since = { from: '7.8' };
/** Drivers of radios became packages of their own, and the newer ones' menu was renamed. */
const WIFI_PACKAGES: Since = { from: '7.13' };
/** Seen in 7.15.3 and not in 7.12.2. */
const SERIALIZE: Since = { from: '7.13', certainFrom: '7.15' };
/** `request-logout` was seen up to 7.18.2, `remove` from 7.20.8 on. */
const ACTIVE_REMOVE: Since = { from: '7.19', certainFrom: '7.20.8' };

/** Facts that follow from the version and the packages alone. */
export type VersionFacts = Pick<
  RouterFacts,
  | 'radios'
  | 'hasLegacyCapsman'
  | 'hasSafeMode'
  | 'logout'
  | 'hasWebserverSwitches'
  | 'bgpFamilies'
  | 'hasExecuteAsString'
  | 'hasSerialize'
>;

export function factsByVersion(version: RouterVersion, packages: readonly string[]): VersionFacts {
  const radios = radiosOf(version, packages);
  return {
    radios,
    // It came with the older drivers and left with them.
    hasLegacyCapsman: has(version, WIFI_PACKAGES) ? packages.includes('wireless') : radios === '/interface/wireless',
    hasSafeMode: has(version, SAFE_MODE),
    logout: has(version, ACTIVE_REMOVE) ? 'remove' : 'request-logout',
    hasWebserverSwitches: has(version, WEBSERVER_SWITCHES),
    bgpFamilies: has(version, BGP_AFI) ? 'afi' : 'address-families',
    hasExecuteAsString: has(version, EXECUTE_AS_STRING),
    hasSerialize: has(version, SERIALIZE),
  };
}

/** A menu of the console (`user,active`) to ask for its words where the version does not tell, and what they tell. */
export interface OpenQuestion {
  path: string;
  settle: (words: readonly string[]) => Partial<VersionFacts>;
}

export function openQuestions(version: RouterVersion): OpenQuestion[] {
  const questions: OpenQuestion[] = [];
  if (isUncertain(version, SERIALIZE)) {
    questions.push({ path: '', settle: (words) => ({ hasSerialize: words.includes('serialize') }) });
  }
  if (isUncertain(version, ACTIVE_REMOVE)) {
    questions.push({
      path: 'user,active',
      settle: (words) => ({ logout: words.includes('remove') ? 'remove' : 'request-logout' }),
    });
  }
  return questions;
}

function radiosOf(version: RouterVersion, packages: readonly string[]): RouterFacts['radios'] {
  if (!has(version, WIFI_PACKAGES))
    return packages.includes('wifiwave2') ? '/interface/wifiwave2' : '/interface/wireless';
  if (packages.some((name) => name.startsWith('wifi-'))) return '/interface/wifi';
  return packages.includes('wireless') ? '/interface/wireless' : null;
}

function has(version: RouterVersion, { from }: Since): boolean {
  return isAtLeast(version, from);
}

function isUncertain(version: RouterVersion, { from, certainFrom }: Since): boolean {
  return certainFrom !== undefined && isAtLeast(version, from) && !isAtLeast(version, certainFrom);
}

/** Pre-releases count as their release: that is where the feature was tried. */
function isAtLeast(version: RouterVersion, text: string): boolean {
  const least = parseVersion(text);
  return least !== null && compareVersions({ ...version, preRelease: null }, least) >= 0;
}
