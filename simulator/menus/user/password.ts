import type { CommandDefinition } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { checkPassword } from './settings.ts';

/** Refusals of `/password`; their texts are not measured on a device. */
const WRONG_PASSWORD = 'wrong old password';
const NOT_THE_SAME = 'new password and its confirmation differ';

/** `/password`: changes the caller's own password. */
export const password: CommandDefinition = {
  policy: 'password',
  parameters: ['as-value', 'confirm-new-password', 'new-password', 'old-password'],
  writes: true,
  secrets: ['confirm-new-password', 'new-password', 'old-password'],
  run: (args, router, caller) => {
    for (const name of ['old-password', 'new-password', 'confirm-new-password']) {
      if (!args.has(name)) throw missingArgument(name);
    }
    const account = router.items('/user').find((item) => item.values['name'] === caller.user);
    if (!account || account.values['password'] !== args.get('old-password')) throw failure(WRONG_PASSWORD);
    const wanted = args.get('new-password') ?? '';
    if (wanted !== args.get('confirm-new-password')) throw failure(NOT_THE_SAME);
    checkPassword(wanted, router);
    account.values['password'] = wanted;
    delete account.internal['expired'];
    return { kind: 'done' };
  },
};
