import ssh2 from 'ssh2';

/** A key pair of a user. The library writes some keys so that it cannot read them again; such a pair is made anew. */
export function sshKeyPair(type: 'ed25519' | 'rsa' = 'ed25519'): { private: string; public: string } {
  for (;;) {
    const pair =
      type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) : ssh2.utils.generateKeyPairSync(type);
    if ([pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error))) return pair;
  }
}
