import { z } from 'zod';
import { toIsoTime, toRouterClock, type RouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, PartOfText } from '../list-filters.ts';
import { Name, Time, untrusted, Word, word } from '../output-fields.ts';

const CERTIFICATE = '/certificate';
const CLOCK = '/system/clock';
const FIELDS = [
  'name',
  'common-name',
  'subject-alt-name',
  'issuer',
  'ca',
  'invalid-before',
  'invalid-after',
  'key-type',
  'key-size',
  'fingerprint',
  'serial-number',
  // A flag in this menu: whether the router holds the key.
  'private-key',
  'authority',
  'trusted',
  'expired',
  'revoked',
];
const DAY_MS = 86_400_000;

const Certificate = z.strictObject({
  id: Word,
  name: Name,
  commonName: Name.nullable(),
  subjectAltNames: z.array(Name),
  /** Whole name of the issuer, or the name of its certificate on this router; null when it signed itself or is unsigned. */
  issuer: untrusted(256).nullable(),
  validFrom: Time,
  validTo: Time,
  /** Whole days, by the router's clock; below zero when it has expired, null when it is not signed yet. */
  daysLeft: z.int().nullable(),
  keyType: Word.nullable(),
  /** Bits, or the name of the curve. */
  keySize: Word.nullable(),
  /** SHA-256, hexadecimal; null when it is not signed yet. */
  fingerprint: word(128).nullable(),
  serialNumber: word(128).nullable(),
  hasPrivateKey: z.boolean(),
  isAuthority: z.boolean(),
  trusted: z.boolean(),
  expired: z.boolean(),
  revoked: z.boolean(),
});

export const listCertificates = defineListRead({
  name: 'list_certificates',
  title: 'Certificates',
  summary:
    "A router's certificates with names, issuer, validity and days left, key, fingerprint and whether they are trusted, expired or revoked.",
  toolset: 'security',
  phase: 1,
  paths: [CERTIFICATE, CLOCK],
  filters: z.strictObject({
    name: PartOfText.optional().describe('Only certificates whose name, common name or alternative names contain this'),
    daysLeftAtMost: z
      .int()
      .min(-36_500)
      .max(36_500)
      .optional()
      .describe('Only certificates that end within so many days, 0: those that have expired'),
  }),
  item: Certificate,
  items: 'certificates',
  limits: { usual: 50, most: 200 },
  read: async (router, { name, daysLeftAtMost }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const certificates = (await router.list(CERTIFICATE, { fields: FIELDS })).map((row) => toCertificate(row, clock));
    return {
      rows: certificates.filter(
        (one) =>
          holdsPart(name, one.name, one.commonName, ...one.subjectAltNames) &&
          (daysLeftAtMost === undefined || (one.daysLeft !== null && one.daysLeft <= daysLeftAtMost)),
      ),
    };
  },
});

function toCertificate(row: RouterRecord, clock: RouterClock): z.input<typeof Certificate> {
  const validTo = toIsoTime(row['invalid-after'], clock);
  const daysLeft = daysUntil(validTo, clock);
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    commonName: row['common-name'] || null,
    subjectAltNames: toList(row['subject-alt-name']),
    issuer: row['issuer'] || row['ca'] || null,
    validFrom: toIsoTime(row['invalid-before'], clock),
    validTo,
    daysLeft,
    keyType: row['key-type'] || null,
    keySize: row['key-size'] || null,
    fingerprint: row['fingerprint'] || null,
    serialNumber: row['serial-number'] || null,
    hasPrivateKey: toBoolean(row['private-key']),
    isAuthority: toBoolean(row['authority']),
    trusted: toBoolean(row['trusted']),
    expired: toBoolean(row['expired']) || (daysLeft !== null && daysLeft < 0),
    revoked: isRevoked(row['revoked']),
  };
}

/** By the router's own clock: it is the one that will refuse the certificate. */
function daysUntil(validTo: string | null, clock: RouterClock): number | null {
  const now = toIsoTime(clock.time, clock);
  if (validTo === null || now === null) return null;
  return Math.floor((Date.parse(validTo) - Date.parse(now)) / DAY_MS);
}

/** A flag, or the time at which it was revoked. */
function isRevoked(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== 'false' && text !== 'no';
}
