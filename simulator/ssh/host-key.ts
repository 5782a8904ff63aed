import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';

/** A router's SSH identity. */
export type HostKey = {
  /** In PEM (RSA) or OpenSSH form (Ed25519), as the SSH library reads it. */
  readonly privateKey: string;
  /** `SHA256:` and base64 without padding, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
};

/** What `/ip/ssh host-key-type` can say. */
export type HostKeyType = 'rsa' | 'ed25519';

/** A new host key. RSA takes about a tenth of a second of one core. */
export async function makeHostKey(type: HostKeyType): Promise<HostKey> {
  if (type === 'ed25519') return readHostKey(ed25519Key());
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: RSA_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return readHostKey(privateKey);
}

/** The library writes one in some hundred keys so that it cannot read it again; such a one is made anew. */
function ed25519Key(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private;
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}

/** Reads a key that was kept. */
export function readHostKey(privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64');
  return { privateKey, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` };
}

/** What a device makes when `/ip/ssh host-key-size` was never changed. */
const RSA_BITS = 2048;
