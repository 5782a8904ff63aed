import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/**
 * The certificate with another public key in it, signed anew by the same authority. The library that makes certificates
 * wants the keys of both to be of one type, while an authority with an RSA key may well sign for an elliptic curve.
 */
export function exchangeKey(certificate: string, publicKey: KeyObject, authorityKey: string, digest: string): string {
  const [content, algorithm] = elements(derOf(certificate));
  if (!content || !algorithm) throw new Error('A certificate has a content and a signature algorithm.');
  const fields = elements(content);
  fields[PUBLIC_KEY] = publicKey.export({ type: 'spki', format: 'der' });
  const toSign = element(SEQUENCE, ...fields);
  const signature = sign(digest, toSign, createPrivateKey(authorityKey));
  const der = element(SEQUENCE, toSign, algorithm, element(BIT_STRING, NO_UNUSED_BITS, signature));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

/** Where the key stands in a certificate of version 3 (RFC 5280, 4.1), behind version, serial number and names. */
const PUBLIC_KEY = 6;
const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
const NO_UNUSED_BITS = Buffer.of(0);

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** What an element of DER is made of, each part with its own tag and length. */
function elements(der: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  const { start, end } = extent(der, 0);
  for (let offset = start; offset < end;) {
    const part = extent(der, offset);
    parts.push(der.subarray(offset, part.end));
    offset = part.end;
  }
  return parts;
}

function extent(der: Buffer, offset: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(offset + 1);
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const octets = first & 0x7f;
  const start = offset + 2 + octets;
  return { start, end: start + der.readUIntBE(offset + 2, octets) };
}

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}
