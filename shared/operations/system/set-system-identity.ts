import { z } from 'zod';
import { Identity, IDENTITY_MENU } from '../../routeros/identity.ts';
import { toRequiredText } from '../../routeros/values.ts';
import { defineWrite } from '../define-operation.ts';

export const setSystemIdentity = defineWrite({
  name: 'set_system_identity',
  title: 'Set system identity',
  summary: 'Gives a router another name: the identity its prompt, neighbours and logs show.',
  toolset: 'system',
  tier: 'advanced',
  phase: 2,
  paths: [IDENTITY_MENU],
  input: z.strictObject({ identity: Identity.describe('New name, 1 to 64 printable characters, such as "lab-01"') }),
  example: { identity: 'lab-renamed' },
  steps: async (router, { identity }) => {
    const record = await router.get(IDENTITY_MENU);
    const name = toRequiredText(record['name'], 'name');
    return name === identity ? [] : [{ op: 'set', menu: IDENTITY_MENU, before: { name }, after: { name: identity } }];
  },
});
