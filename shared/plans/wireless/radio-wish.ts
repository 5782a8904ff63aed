import { z } from 'zod';
import { CommentInput } from '../../operations/comment-input.ts';
import { BANDS } from '../../operations/wireless/wireless-values.ts';
import { refused } from '../../routeros/addresses.ts';
import { clipText } from '../../routeros/device-text.ts';

const MOST_INTERFACES = 30;
/** IEEE 802.11: a name of a network has at most 32 bytes. */
const MOST_SSID_BYTES = 32;
const [LEAST_MHZ, MOST_MHZ] = [2412, 7115];
const MOST_DBM = 30;

export const WIDTHS_MHZ = ['20', '40', '80', '160'] as const;
/** Generations of 802.11, by their letters. */
export const STANDARDS = ['g', 'n', 'ac', 'ax', 'be'] as const;
export type Standard = (typeof STANDARDS)[number];

const Ssid = z
  .string()
  .min(1)
  .max(MOST_SSID_BYTES)
  .check(
    refused((text) => {
      if (Buffer.byteLength(text) > MOST_SSID_BYTES) return `has more than ${MOST_SSID_BYTES} bytes`;
      return clipText(text, text.length) === text ? null : 'contains characters that cannot be printed';
    }),
  );

const WantedRadio = z.strictObject({
  name: z.string().min(1).max(128).optional().describe('Of the interface, such as "wifi1"'),
  band: z.enum(BANDS).optional().describe('Instead of name: the radios of the router in this band'),
  ssid: Ssid.optional(),
  hideSsid: z.boolean().optional(),
  enabled: z.boolean().optional(),
  mode: z.literal('ap').optional(),
  frequencyMhz: z
    .union([z.int().min(LEAST_MHZ).max(MOST_MHZ), z.literal('auto')])
    .optional()
    .describe('Middle of the channel; auto leaves out DFS channels'),
  widthMhz: z.enum(WIDTHS_MHZ).optional().describe('The most; less where there is no room'),
  standard: z.enum(STANDARDS).optional().describe('The newest of 802.11'),
  txPowerDbm: z
    .union([z.int().min(0).max(MOST_DBM), z.literal('auto')])
    .optional()
    .describe('The most'),
  comment: CommentInput.optional(),
});
export type WantedRadio = z.output<typeof WantedRadio>;

export const WirelessInput = z.strictObject({
  interfaces: z
    .array(WantedRadio)
    .min(1)
    .max(MOST_INTERFACES)
    .describe('What is left out stays. Never the country, and no passphrases'),
});
export type WirelessInput = z.output<typeof WirelessInput>;

/** Why the wish cannot be meant, as a sentence that names the field; null when it can. */
export function refuseRadios({ interfaces }: WirelessInput): string | null {
  for (const [index, { name, band, ...settings }] of interfaces.entries()) {
    const key = `interfaces[${index}]`;
    if ((name === undefined) === (band === undefined)) return `${key}: give name or band, and not both`;
    if (Object.keys(settings).length === 0) return `${key}: give a setting`;
    const before = interfaces.findIndex((other) => other.name === name && other.band === band);
    if (before !== index) return `${key} is the same as interfaces[${before}]`;
    const problem = band === undefined ? null : problemOfBand(band, settings);
    if (problem !== null) return `${key}: ${problem}`;
  }
  return null;
}

function problemOfBand(band: string, { frequencyMhz }: Pick<WantedRadio, 'frequencyMhz'>): string | null {
  if (typeof frequencyMhz !== 'number') return null;
  const [first, last] = RANGE_OF_BAND[band as keyof typeof RANGE_OF_BAND];
  return frequencyMhz >= first && frequencyMhz <= last ? null : `${frequencyMhz} MHz is not in the band ${band}`;
}

const RANGE_OF_BAND = { '2.4GHz': [2400, 2500], '5GHz': [5150, 5900], '6GHz': [5925, 7125] } as const;

/** Whether the wish is about what the radio sends on, and how strong. */
export function isAboutRadio({ frequencyMhz, widthMhz, standard, txPowerDbm }: WantedRadio): boolean {
  return [frequencyMhz, widthMhz, standard, txPowerDbm].some((value) => value !== undefined);
}
