import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A router's TLS identity in PEM, and the SHA-256 fingerprint that clients pin (`AA:BB:…`). */
export type RouterCertificate = { readonly cert: string; readonly key: string; readonly fingerprint: string };

/** Makes a self-signed certificate for a router: P-256, ten years, name and loopback address as alternative names. */
export async function issueCertificate(name: string, host: string): Promise<RouterCertificate> {
  const notBeforeDate = new Date(Date.now() - DAY_MS);
  const notAfterDate = new Date(Date.now() + 3650 * DAY_MS);
  const pem = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyAgreement: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: host },
        ],
      },
    ],
  });
  return readCertificate(pem.cert, pem.private);
}

/** Reads a certificate that was kept. */
export function readCertificate(cert: string, key: string): RouterCertificate {
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

const DAY_MS = 86_400_000;
