import { randomInt } from 'node:crypto';
import { newSshKeyLike } from '../../routeros/ssh-key-pair.ts';
import type { SealedLogin } from '../lane-session.ts';

/** Without characters that are taken for one another when somebody has to type a name. */
const NAME_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
/** What a password is drawn from; none of them means anything to a console, in JSON or in a URL. */
const CATEGORIES = ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz', '0123456789', '-_.'];
/** 190 bits. */
const PASSWORD_LENGTH = 32;

/** A user name of Convoy's that is not in use: `convoy-` and 6 letters. */
export function newUsername(inUse: readonly string[]): string {
  for (;;) {
    const username = `convoy-${draw(NAME_LETTERS, 6)}`;
    if (!inUse.includes(username)) return username;
  }
}

/** A login in the place of `former`; it has a key for SSH when that had one. `minimumLength` is the router's own rule. */
export async function newLogin(former: SealedLogin, username: string, minimumLength: number): Promise<SealedLogin> {
  const { sshPrivateKey } = former;
  return {
    username,
    password: newPassword(Math.max(PASSWORD_LENGTH, minimumLength)),
    ...(sshPrivateKey === undefined ? {} : { sshPrivateKey: await newSshKeyLike(sshPrivateKey) }),
  };
}

/** Random, with something of every category, so that no rule for passwords refuses it. */
export function newPassword(length: number): string {
  for (;;) {
    const password = draw(CATEGORIES.join(''), length);
    if (CATEGORIES.every((letters) => password.split('').some((letter) => letters.includes(letter)))) return password;
  }
}

function draw(letters: string, length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
