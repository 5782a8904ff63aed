import type { AuthContext } from 'ssh2';
import type { Caller } from '../engine/definition.ts';
import { isAtLeast } from '../engine/version.ts';
import { mayComeFrom } from '../router/allowed-sources.ts';
import type { Router } from '../router/router.ts';
import { authorizedKeys, type AuthorizedKey } from './authorized-keys.ts';

/** A user name as SSH clients send it: `admin`, or `admin+ct80w` with wishes for the terminal behind the plus. */
export type LoginName = { readonly user: string; readonly wishes: TerminalWishes };

/** `c` no colours, `e` dumb terminal, `t` no probing of the terminal, `80w` and `25h` its size. */
export type TerminalWishes = {
  readonly plain: boolean;
  readonly dumb: boolean;
  readonly unprobed: boolean;
  readonly columns: number | undefined;
  readonly rows: number | undefined;
};

export function readLoginName(name: string): LoginName {
  const [user = '', letters = ''] = name.split(/\+(?=[^+]*$)/);
  const wishes = new Map(
    [...letters.matchAll(/(\d*)([a-z])/g)].map(([, amount = '', letter = '']) => [letter, amount]),
  );
  const size = (letter: string): number | undefined => Number(wishes.get(letter) ?? '') || undefined;
  return {
    user,
    wishes: {
      plain: wishes.has('c'),
      dumb: wishes.has('e'),
      unprobed: wishes.has('t'),
      columns: size('w'),
      rows: size('h'),
    },
  };
}

/**
 * Checks one attempt to log in; undefined when it is refused. A user who has a key may not use the password unless
 * `/ip/ssh` says so, and every user needs the policy `ssh` and an address that is his. Source: manual, SSH and User.
 */
export function checkLogin(router: Router, context: AuthContext, address: string): Caller | undefined {
  const { user } = readLoginName(context.username);
  if (context.method !== 'password' && context.method !== 'publickey') return undefined;
  const policies = router.policiesOf(user);
  const account = router.items('/user').find((item) => item.values['name'] === user);
  if (!account || account.values['disabled'] === 'true' || !policies.has('ssh')) return undefined;
  if (!mayComeFrom(router, user, address)) return undefined;
  const keys = authorizedKeys(router, user);
  const isRight =
    context.method === 'password'
      ? passwordAllowed(router, keys) && router.authenticate(user, context.password) !== undefined
      : keys.some((key) => proves(context, key));
  return isRight ? { user, policies, transport: 'ssh', address } : undefined;
}

/** The methods a refused client is told it may go on with. */
export const LOGIN_METHODS = ['publickey', 'password'] as const;

function passwordAllowed(router: Router, keys: readonly AuthorizedKey[]): boolean {
  if (keys.length === 0) return true;
  const settings = router.singleton('/ip/ssh');
  return isAtLeast(router.version, '7.21')
    ? settings['password-authentication'] === 'yes'
    : settings['always-allow-password-login'] === 'true';
}

/** Without a signature the client only asks whether the key would do. */
function proves({ key, signature, blob, hashAlgo }: PublicKeyAttempt, { publicKey }: AuthorizedKey): boolean {
  if (!publicKey.getPublicSSH().equals(key.data)) return false;
  if (signature === undefined || blob === undefined) return true;
  // It answers with an error, which is no exception, when the signature is of another kind.
  const verified: unknown = publicKey.verify(blob, signature, hashAlgo);
  return verified === true;
}

type PublicKeyAttempt = Extract<AuthContext, { method: 'publickey' }>;
