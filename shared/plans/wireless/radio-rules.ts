import { AppError } from '../../errors/app-error.ts';
import type { Band } from '../../operations/wireless/wireless-values.ts';
import { rangeAround, subchannels, type RadioRange } from '../../routeros/radio-regulation.ts';
import { capabilitiesOf, driverOf, type RadioMenu } from './radio-drivers.ts';
import type { HeldRadio } from './radio-state.ts';
import type { WantedRadio } from './radio-wish.ts';

const NARROWEST_MHZ = 20;

/** Fails with UNSAFE_OPERATION beyond what the country allows, and with DEVICE_UNSUPPORTED beyond what the radio can. */
export function refuseBeyondRules(menu: RadioMenu, radio: HeldRadio, wish: WantedRadio): void {
  if (radio.band === null) throw bandUnknown(radio.name);
  refuseBeyondRadio(menu, radio, radio.band, wish);
  const country = valueOf(radio, driverOf(menu).country);
  if (country === undefined || country === 'no_country_set') {
    throw unsafe(
      `${quoted(radio.name)} has no country set, so what it may send is not known; channel and power are left alone.`,
      'Set the country at the router first; plans never do.',
    );
  }
  if (radio.ranges === null) {
    throw unsafe(
      `The router does not tell what ${country} allows ${quoted(radio.name)} to send; channel and power are left alone.`,
      'Make the change at the router.',
    );
  }
  const ofBand = radio.ranges.filter(({ firstMhz }) => bandOfMhz(firstMhz) === radio.band);
  refuseChannel(menu, radio, wish, { country, ranges: ofBand });
  refusePower(menu, radio, wish, { country, ranges: ofBand });
}

interface Rules {
  country: string;
  /** Of the radio's band. */
  ranges: readonly RadioRange[];
}

function refuseBeyondRadio(menu: RadioMenu, radio: HeldRadio, band: Band, wish: WantedRadio): void {
  const driver = driverOf(menu);
  const bandNow = valueOf(radio, driver.band) ?? null;
  const can = capabilitiesOf(menu, radio.bands, bandNow);
  const wanted = driver.channel(wish, band);
  const ofBand = [...can.keys()].filter((name) => name.startsWith(`${band[0]}ghz`));
  const wantedBand = wanted[driver.band];
  if (wish.standard !== undefined && !ofBand.includes(wantedBand ?? '')) {
    throw unsupported(
      `${quoted(radio.name)} does not take 802.11${wish.standard} at ${band}; it takes ${listed(ofBand)}.`,
    );
  }
  const width = wanted[driver.width];
  const widths = can.get(wantedBand ?? bandNow ?? '') ?? ofBand.flatMap((name) => can.get(name) ?? []);
  if (wish.widthMhz !== undefined && !widths.includes(width ?? '')) {
    throw unsupported(`${quoted(radio.name)} takes no channels of ${wish.widthMhz} MHz; it takes ${listed(widths)}.`);
  }
  const { frequencyMhz } = wish;
  if (typeof frequencyMhz !== 'number') return;
  if (bandOfMhz(frequencyMhz) !== band || radio.frequencies?.includes(frequencyMhz) === false) {
    const some = radio.frequencies === null ? `frequencies of ${band}` : radio.frequencies.join(', ');
    throw unsupported(`${quoted(radio.name)} does not take ${frequencyMhz} MHz; it takes ${some}.`);
  }
}

function refuseChannel(menu: RadioMenu, radio: HeldRadio, wish: WantedRadio, { country, ranges }: Rules): void {
  if (wish.frequencyMhz === undefined && wish.widthMhz === undefined) return;
  const width = Number(wish.widthMhz ?? widthIn(valueOf(radio, driverOf(menu).width)) ?? NARROWEST_MHZ);
  const held = Number(valueOf(radio, driverOf(menu).frequency));
  const frequency = wish.frequencyMhz ?? (Number.isNaN(held) ? 'auto' : held);
  const usable = ranges.filter(({ dfs, mostWidthMhz }) => !dfs && width <= (mostWidthMhz ?? width));
  if (frequency === 'auto') {
    const hasRoom = usable.some(({ firstMhz, lastMhz }) => radio.band === '2.4GHz' || lastMhz - firstMhz >= width);
    if (hasRoom) return;
    throw unsafe(
      `${country} allows no channel of ${width} MHz at ${radio.band} without listening for radar (DFS).`,
      'Give a smaller width.',
    );
  }
  for (const middle of subchannels(frequency, width)) {
    const range = rangeAround(ranges, middle);
    if (range === undefined || width > (range.mostWidthMhz ?? width)) {
      throw unsafe(
        `${country} does not allow ${quoted(radio.name)} a channel of ${width} MHz at ${frequency} MHz; it allows ${rangesText(usable)}.`,
        'Give another frequency, or a smaller width.',
      );
    }
    if (range.dfs) {
      throw unsafe(
        `A channel of ${width} MHz at ${frequency} MHz is one where radios must give way to radar (DFS): clients would lose it at any time.`,
        `Take a channel without: ${rangesText(usable)}.`,
      );
    }
  }
}

function refusePower(menu: RadioMenu, radio: HeldRadio, { txPowerDbm, frequencyMhz }: WantedRadio, rules: Rules): void {
  if (typeof txPowerDbm !== 'number') return;
  const frequency = frequencyMhz ?? Number(valueOf(radio, driverOf(menu).frequency));
  const range = typeof frequency === 'number' ? rangeAround(rules.ranges, frequency) : undefined;
  // Where the radio chooses the channel, it keeps to the limit of each by itself.
  const most = range?.mostDbm ?? Math.max(...rules.ranges.map(({ mostDbm }) => mostDbm));
  if (txPowerDbm <= most) return;
  throw unsafe(
    `${rules.country} allows ${quoted(radio.name)} ${most > 0 ? `at most ${most}` : 'no'} dBm there, not ${txPowerDbm}.`,
    'Give less, or auto, with which the radio keeps to the limit.',
  );
}

function valueOf({ own, inherited }: HeldRadio, field: string): string | undefined {
  return own[field] ?? inherited[field];
}

/** The most of `20/40/80mhz-XXXX`. */
function widthIn(width: string | undefined): number | null {
  const numbers = (width?.split('mhz')[0] ?? '').split('/').map(Number);
  const most = Math.max(...numbers);
  return most > 0 ? most : null;
}

function bandOfMhz(megahertz: number): Band {
  if (megahertz < 3_000) return '2.4GHz';
  return megahertz < 5_925 ? '5GHz' : '6GHz';
}

function rangesText(ranges: readonly RadioRange[]): string {
  return ranges.length === 0
    ? 'none'
    : ranges.map(({ firstMhz, lastMhz }) => `${firstMhz} to ${lastMhz} MHz`).join(', ');
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none that is known' : [...new Set(names)].join(', ');
}

function bandUnknown(name: string): AppError {
  return unsafe(
    `In which band ${quoted(name)} works could not be told; channel and power are left alone.`,
    'Set its band at the router first.',
  );
}

function unsafe(message: string, hint: string): AppError {
  return new AppError('UNSAFE_OPERATION', { message, hint });
}

function unsupported(message: string): AppError {
  return new AppError('DEVICE_UNSUPPORTED', {
    message,
    hint: 'Leave such devices out, or give what all of them take.',
  });
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
