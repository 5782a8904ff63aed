import type { Change, FieldType, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { failure, invalidValue, missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { formatDuration } from '../../values/duration.ts';
import { boolean, integer, listOf, text, word } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { computed } from '../row-fields.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { signCommand } from './sign.ts';
import { CERT, KEY, ownValues, validity } from './x509.ts';

export const CERTIFICATES = '/certificate';

const USAGES = [
  'digital-signature',
  'content-commitment',
  'key-encipherment',
  'data-encipherment',
  'key-agreement',
  'key-cert-sign',
  'crl-sign',
  'encipher-only',
  'decipher-only',
  'tls-server',
  'tls-client',
  'code-sign',
  'email-protect',
  'timestamp',
  'ocsp-sign',
  'dvcs',
];

const DEFAULT_USAGE =
  'digital-signature,key-encipherment,data-encipherment,key-cert-sign,crl-sign,tls-server,tls-client';

const country: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (!/^[A-Za-z]{2}$/.test(input)) throw invalidValue(field);
    return input.toUpperCase();
  },
};

const subjectPart = { type: text, emptyClears: true, canUnset: true } as const;

/** Certificates, and templates that are to be signed. */
export const certificate: MenuDefinition = {
  path: CERTIFICATES,
  kind: 'list',
  noun: 'certificate',
  nameField: 'name',
  fields: {
    akid: { type: text, access: 'read-only' },
    authority: { type: text, access: 'read-only' },
    ca: {
      type: text,
      compute: (item, router) => router.find(CERTIFICATES, item.values['issuer'] ?? '')?.values['name'],
    },
    'common-name': { type: text, default: '' },
    country: { type: country, emptyClears: true, canUnset: true },
    crl: computed((item) => (isSigned(item) ? 'false' : undefined)),
    'days-valid': { type: integer(1, 65_535), default: '365' },
    'digest-algorithm': { type: word('sha1', 'sha256', 'sha384', 'sha512'), default: 'sha256' },
    expired: computed((item, router) => (isSigned(item) && leftMs(item, router) < 0 ? 'true' : undefined)),
    'expires-after': computed((item, router) =>
      isSigned(item) && leftMs(item, router) >= 0 ? formatDuration(wholeSeconds(leftMs(item, router))) : undefined,
    ),
    fingerprint: { type: text, access: 'read-only' },
    'invalid-after': moment('toMs'),
    'invalid-before': moment('fromMs'),
    issued: computed((item) => (item.values['issuer'] === undefined ? undefined : 'true')),
    'key-size': {
      type: word('1024', '1536', '2048', '4096', '8192', 'prime256v1', 'secp384r1', 'secp521r1'),
      default: '2048',
    },
    'key-type': computed(
      (item) => item.values['key-type'] ?? (/^\d/.test(item.values['key-size'] ?? '') ? 'rsa' : 'ec'),
    ),
    'key-usage': { type: listOf((member) => USAGES.includes(member)), default: DEFAULT_USAGE },
    locality: subjectPart,
    name: { type: text, required: true },
    organization: subjectPart,
    'private-key': { type: text, access: 'read-only' },
    revoked: { type: text, access: 'read-only' },
    'serial-number': { type: text, access: 'read-only' },
    skid: { type: text, access: 'read-only' },
    'smart-card-key': computed((item) => (isSigned(item) ? 'false' : undefined)),
    state: subjectPart,
    'subject-alt-name': { type: listOf((member) => /^(DNS|IP|email):[^:].*$/.test(member)), default: '' },
    'trust-store': { type: text, canUnset: true, since: '7.21' },
    trusted: { type: boolean, default: 'false' },
    unit: subjectPart,
  },
  seed: ownCertificate,
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'certificate with the same name already exists' : undefined,
  prepare: keepSigned,
  commands: {
    'export-certificate': exportCommand(CERTIFICATES),
    import: importCommand(CERTIFICATES),
    'issued-revoke': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      writes: true,
      run: (args, router) => {
        const key = args.get('.id') ?? args.get('numbers');
        if (key === undefined) throw missingArgument('.id');
        const item = router.find(CERTIFICATES, key);
        if (!item) throw noSuchItem();
        if (item.values['issuer'] === undefined) throw failure(NOT_ISSUED);
        item.values['revoked'] = formatLocal(router.clock.now(), router.timeZone());
        return { kind: 'done' };
      },
    },
    sign: signCommand(CERTIFICATES),
  },
};

/** Refusals of this menu; their texts are not measured on a device. */
const SIGNED = 'can not change signed certificate';
const NOT_ISSUED = 'certificate was not issued by this router';

export const isSigned = (item: Item): boolean => item.values[CERT] !== undefined;

/** What may be changed once the signature stands. */
const STILL_OPEN: ReadonlySet<string> = new Set(['name', 'trusted', 'trust-store']);

function keepSigned({ kind, item, after, given }: Change): void {
  if (kind === 'add') {
    // A copy is a template again.
    for (const name of [CERT, KEY, ...FACTS]) delete after[name];
  }
  if (kind === 'set' && isSigned(item) && [...given.keys()].some((name) => !STILL_OPEN.has(name))) {
    throw failure(SIGNED);
  }
}

const FACTS = [
  'akid',
  'authority',
  'fingerprint',
  'issuer',
  'key-type',
  'private-key',
  'revoked',
  'serial-number',
  'skid',
];

/** What the router shows its clients when it is managed over TLS. */
function ownCertificate(router: RouterView): readonly Values[] {
  const pem = router.webCertificate;
  return pem ? [{ name: 'webfig', ...ownValues(pem.cert, pem.key) }] : [];
}

function moment(which: 'fromMs' | 'toMs'): MenuDefinition['fields'][string] {
  return computed((item, router) => {
    const cert = item.values[CERT];
    return cert === undefined ? undefined : formatLocal(validity(cert)[which], router.timeZone());
  });
}

function leftMs(item: Item, router: RouterView): number {
  return validity(item.values[CERT] ?? '').toMs - router.clock.now();
}

const wholeSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000) * 1000;
