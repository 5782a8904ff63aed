import ssh2, { type ParsedKey } from 'ssh2';
import type { Router } from '../router/router.ts';

/** A public key that a user may log in with. */
export type AuthorizedKey = { readonly publicKey: ParsedKey };

/** The keys in `/user/ssh-keys` of one user; text that is no key lets nobody in. */
export function authorizedKeys(router: Router, user: string): AuthorizedKey[] {
  return router
    .items('/user/ssh-keys')
    .filter((item) => item.values['user'] === user)
    .flatMap((item) => {
      const publicKey = ssh2.utils.parseKey(item.values['key'] ?? '');
      return publicKey instanceof Error ? [] : [{ publicKey }];
    });
}
