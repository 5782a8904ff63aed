import { promisify } from 'node:util';
import ssh2 from 'ssh2';

const { parseKey, generateKeyPair } = ssh2.utils;

/** A key pair of the same type as the given private key, which the router is known to take. The private key in PEM. */
export async function newSshKeyLike(privateKey: string): Promise<string> {
  const present = parseKey(privateKey);
  const isRsa = !(present instanceof Error) && present.type === 'ssh-rsa';
  for (;;) {
    const pair = isRsa ? await promisify(generateRsa)() : await promisify(generateEd25519)();
    // The library writes some keys so that it cannot read them again; such a pair is made anew.
    if (!(parseKey(pair.private) instanceof Error)) return pair.private;
  }
}

/** The public key of a private one, as a line of an `authorized_keys` file. */
export function publicSshKey(privateKey: string, remark: string): string {
  const key = parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString('base64')} ${remark}`;
}

type Done = (error: Error | null, pair: { private: string; public: string }) => void;

/** 3072 bits: as strong as the 128 bits of ed25519. */
function generateRsa(done: Done): void {
  generateKeyPair('rsa', { bits: 3072 }, done);
}

function generateEd25519(done: Done): void {
  generateKeyPair('ed25519', done);
}
