import { z } from 'zod';
import { refused } from '../../routeros/addresses.ts';
import { clipText } from '../../routeros/device-text.ts';
import { toRequiredText } from '../../routeros/values.ts';
import { defineWrite } from '../define-operation.ts';

const IDENTITY = '/system/identity';

const Identity = z
  .string()
  .min(1, 'the identity must not be empty')
  .max(64, 'the identity may have at most 64 characters')
  .check(refused(identityProblem));

export const setSystemIdentity = defineWrite({
  name: 'set_system_identity',
  title: 'Set system identity',
  summary: 'Gives a router another name: the identity its prompt, neighbours and logs show.',
  toolset: 'system',
  tier: 'advanced',
  phase: 2,
  paths: [IDENTITY],
  input: z.strictObject({ identity: Identity.describe('New name, 1 to 64 printable characters, such as "lab-01"') }),
  example: { identity: 'lab-renamed' },
  steps: async (router, { identity }) => {
    const record = await router.get(IDENTITY);
    const name = toRequiredText(record['name'], 'name');
    return name === identity ? [] : [{ op: 'set', menu: IDENTITY, before: { name }, after: { name: identity } }];
  },
});

function identityProblem(identity: string): string | null {
  if (clipText(identity, identity.length) !== identity) {
    return `${JSON.stringify(identity.slice(0, 64))} contains characters that cannot be printed`;
  }
  return identity.trim() === identity ? null : 'the identity must not begin or end with white space';
}
