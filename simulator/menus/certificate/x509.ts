import { createHash, createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import type { Values } from '../../engine/definition.ts';
import { exchangeKey } from './exchange-key.ts';

/** A certificate and its key in PEM. */
export type Pem = { readonly cert: string; readonly key: string };

/** Where a row keeps them; these fields are never printed. */
export const CERT = '.cert';
export const KEY = '.key';

/** What a row prints about a certificate that is signed. */
export function describe(certificate: string, key: string | undefined): Values {
  const parsed = new X509Certificate(certificate);
  const details = parsed.publicKey.asymmetricKeyDetails;
  const subject = subjectOf(parsed);
  return {
    [CERT]: certificate,
    ...(key === undefined ? {} : { [KEY]: key }),
    ...subject,
    authority: String(parsed.ca),
    fingerprint: createHash('sha256').update(parsed.raw).digest('hex'),
    'key-size': details?.modulusLength === undefined ? (details?.namedCurve ?? '') : String(details.modulusLength),
    'key-type': parsed.publicKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec',
    'private-key': String(key !== undefined),
    'serial-number': parsed.serialNumber,
    skid: keyId(parsed.publicKey),
    'subject-alt-name': (parsed.subjectAltName ?? '').replaceAll('IP Address:', 'IP:').replaceAll(', ', ','),
  };
}

/** First and last moment of a certificate, in milliseconds since 1970. */
export function validity(certificate: string): { readonly fromMs: number; readonly toMs: number } {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { fromMs: validFromDate.getTime(), toMs: validToDate.getTime() };
}

/** Values of a row that came from outside, with nobody of this router above it. */
export function ownValues(cert: string, key: string | undefined): Values {
  const { fromMs, toMs } = validity(cert);
  return {
    ...describe(cert, key),
    akid: '',
    'days-valid': String(Math.round((toMs - fromMs) / DAY_MS)),
    'key-usage': 'digital-signature,key-agreement,tls-server',
    trusted: 'false',
  };
}

/** Does a private key belong to a certificate? */
export function belongsTo(key: KeyObject, certificate: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(key);
}

/** Makes keys and has them signed: by the authority when there is one, else by themselves. */
export async function issue(template: Values, fromMs: number, ca: Pem | undefined): Promise<Pem> {
  const size = template['key-size'] ?? '2048';
  const curve = CURVES[size];
  const usage = new Set((template['key-usage'] ?? '').split(','));
  const digest = template['digest-algorithm'] ?? 'sha256';
  const type = curve ? 'ec' : 'rsa';
  const signingType = ca ? createPrivateKey(ca.key).asymmetricKeyType : type;
  const made = await generate(subjectFields(template), {
    ...(signingType === 'ec' ? { keyType: 'ec', curve } : { keyType: 'rsa', keySize: Number(size) || 2048 }),
    algorithm: digest,
    notBeforeDate: new Date(fromMs),
    notAfterDate: new Date(fromMs + Number(template['days-valid'] ?? 365) * DAY_MS),
    ...(ca ? { ca } : {}),
    extensions: [
      { name: 'basicConstraints', cA: usage.has('key-cert-sign'), critical: true },
      {
        name: 'keyUsage',
        digitalSignature: usage.has('digital-signature'),
        nonRepudiation: usage.has('content-commitment'),
        keyEncipherment: usage.has('key-encipherment'),
        dataEncipherment: usage.has('data-encipherment'),
        keyAgreement: usage.has('key-agreement'),
        keyCertSign: usage.has('key-cert-sign'),
        cRLSign: usage.has('crl-sign'),
        critical: true,
      },
      ...extendedUsage(usage),
      ...alternativeNames(template['subject-alt-name'] ?? ''),
    ],
  });
  if (!ca || signingType === type) return { cert: made.cert, key: made.private };
  const own = await keyPair(curve ? { curve } : { bits: Number(size) });
  return {
    cert: exchangeKey(made.cert, own.publicKey, ca.key, digest),
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function keyPair(size: { curve: string } | { bits: number }): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  const generated = promisify(generateKeyPair);
  return 'curve' in size ? generated('ec', { namedCurve: size.curve }) : generated('rsa', { modulusLength: size.bits });
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;

function extendedUsage(usage: ReadonlySet<string>): Extensions {
  const extended = {
    serverAuth: usage.has('tls-server'),
    clientAuth: usage.has('tls-client'),
    codeSigning: usage.has('code-sign'),
    emailProtection: usage.has('email-protect'),
    timeStamping: usage.has('timestamp'),
  };
  return Object.values(extended).includes(true) ? [{ name: 'extKeyUsage', ...extended }] : [];
}

/** `DNS:router.lan,IP:192.0.2.1,email:noc@example.net` */
function alternativeNames(list: string): Extensions {
  const altNames = list
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const [kind = '', ...rest] = name.split(':');
      const value = rest.join(':');
      if (kind === 'IP') return { type: 7 as const, ip: value };
      return { type: kind === 'email' ? (1 as const) : (2 as const), value };
    });
  return altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }];
}

const CURVES: Readonly<Record<string, 'P-256' | 'P-384' | 'P-521' | undefined>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

const DAY_MS = 86_400_000;

/** Fields of a subject as the router and as certificates call them. */
const SUBJECT = [
  ['country', 'C', 'countryName'],
  ['state', 'ST', 'stateOrProvinceName'],
  ['locality', 'L', 'localityName'],
  ['organization', 'O', 'organizationName'],
  ['unit', 'OU', 'organizationalUnitName'],
  ['common-name', 'CN', 'commonName'],
] as const;

function subjectFields(template: Values): { name: string; value: string }[] {
  return SUBJECT.flatMap(([field, , name]) => {
    const value = template[field];
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
}

function subjectOf({ subject }: X509Certificate): Values {
  const parts = new Map(
    (subject ?? '').split('\n').map((line): [string, string] => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    }),
  );
  return Object.fromEntries(
    SUBJECT.flatMap(([field, short]) => {
      const value = parts.get(short);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** SHA-1 over the key itself, as certificates name keys (RFC 5280, 4.2.1.2). */
function keyId(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bits =
    key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'der' }) : spki.subarray(-pointLength(key));
  return createHash('sha1').update(bits).digest('hex');
}

/** Length of an uncompressed point: one byte, and two coordinates. */
function pointLength(key: KeyObject): number {
  const bytes = { prime256v1: 32, secp384r1: 48, secp521r1: 66 }[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 32;
  return 1 + 2 * bytes;
}

/** A private key of a PEM block; undefined when the passphrase is another one or it is none. */
export function readPrivateKey(pem: string, passphrase: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, passphrase });
  } catch {
    // OpenSSL has a different error for every way in which a key can be unreadable; the router counts them all as one.
    return undefined;
  }
}
