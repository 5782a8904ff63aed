/** What the rules of a country allow in a range of frequencies. */
export interface RadioRange {
  firstMhz: number;
  lastMhz: number;
  mostDbm: number;
  /** Widest channel; null where nothing is said. */
  mostWidthMhz: number | null;
  /** A radio must listen for radar before it sends, and leave when it hears one. */
  dfs: boolean;
}

/**
 * The ranges that a router tells of a country: `2402-2482/20dBm/40MHz 5250-5330/23dBm/160MHz/indoor/dfs` of the newer
 * drivers, `2402-2482/b,g,gn20,gn40(20dBm) 5250-5330/a,an20(20dBm)/dfs,passive` of the older one. Modes that no radio of
 * today uses are left out. None where nothing can be read of it.
 */
export function radioRanges(text: string): RadioRange[] {
  return [...text.matchAll(RANGE)].flatMap((match) => {
    const [, first, last, rest = ''] = match;
    if (/-turbo/.test(rest)) return [];
    const power = /(\d+(?:\.\d+)?)dBm/.exec(rest) ?? /^(\d+)(?![\d.]*MHz)(?:\/|$|\s)/.exec(rest);
    if (power === null) return [];
    const width = /(\d+)MHz/.exec(rest);
    return {
      firstMhz: Number(first),
      lastMhz: Number(last),
      mostDbm: Number(power[1]),
      mostWidthMhz: width === null ? null : Number(width[1]),
      dfs: /\bdfs\b/.test(rest),
    };
  });
}

/** Each range with all that follows up to the next one. */
const RANGE = /(\d{4})-(\d{4})\/((?:(?!\d{4}-\d{4}\/)[^])*)/g;

const SUBCHANNEL_MHZ = 20;
/** Wider channels are made of neighbours, in fixed groups that begin here. */
const FIRST_OF_5GHZ = 5180;
const FIRST_OF_UPPER_5GHZ = 5745;
const FIRST_OF_6GHZ = 5955;
const FIRST_ABOVE_5GHZ = 5925;

/** Middles of the 20 MHz channels that a channel of the width may take, of which `frequencyMhz` is one. */
export function subchannels(frequencyMhz: number, widthMhz: number): number[] {
  // At 2.4 GHz a second channel is taken above or below, where there is room.
  if (frequencyMhz < FIRST_OF_5GHZ) return [frequencyMhz];
  const first =
    frequencyMhz >= FIRST_ABOVE_5GHZ
      ? FIRST_OF_6GHZ
      : frequencyMhz >= FIRST_OF_UPPER_5GHZ
        ? FIRST_OF_UPPER_5GHZ
        : FIRST_OF_5GHZ;
  const start = first + Math.floor((frequencyMhz - first) / widthMhz) * widthMhz;
  return Array.from({ length: widthMhz / SUBCHANNEL_MHZ }, (_, index) => start + index * SUBCHANNEL_MHZ);
}

/** The range that a 20 MHz channel lies in as a whole. */
export function rangeAround(ranges: readonly RadioRange[], middleMhz: number): RadioRange | undefined {
  const half = SUBCHANNEL_MHZ / 2;
  return ranges.find(({ firstMhz, lastMhz }) => firstMhz <= middleMhz - half && middleMhz + half <= lastMhz);
}
