import type { MenuDefinition, RouterView } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { integer } from '../../values/field-types.ts';

const SETTINGS = '/user/settings';

/** What passwords must be like. */
export const userSettings: MenuDefinition = {
  path: SETTINGS,
  kind: 'singleton',
  noun: 'user settings',
  writePolicy: 'policy',
  fields: {
    'minimum-categories': { type: integer(0, 4), default: '0' },
    'minimum-password-length': { type: integer(0, 255), default: '0' },
  },
};

/** Refusals of passwords that are too weak; their texts are not measured on a device. */
const TOO_SHORT = 'password is too short';
const TOO_SIMPLE = 'password does not contain enough character categories';

/** Upper case, lower case, digits, and everything else. */
const CATEGORIES = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/];

/** 400 when a new password is not as `/user/settings` wants it. */
export function checkPassword(password: string, router: RouterView): void {
  const settings = router.singleton(SETTINGS);
  if (password.length < Number(settings['minimum-password-length'] ?? 0)) throw failure(TOO_SHORT);
  const categories = CATEGORIES.filter((category) => category.test(password)).length;
  if (categories < Number(settings['minimum-categories'] ?? 0)) throw failure(TOO_SIMPLE);
}
