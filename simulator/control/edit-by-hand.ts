import type { z } from 'zod';
import { ALL_POLICIES } from '../engine/policy.ts';
import { noSuchCommand } from '../engine/router-error.ts';
import type { Caller } from '../engine/definition.ts';
import type { JournalEntry } from '../router/journal.ts';
import type { Router } from '../router/router.ts';
import type { editBody } from './requests.ts';

/** Changes a router as somebody with WinBox would; returns the journal entries this made. */
export async function editByHand(router: Router, edit: z.infer<typeof editBody>): Promise<readonly JournalEntry[]> {
  const { menu, rest } = router.tree.resolve(edit.path.split('/').filter((word) => word !== ''));
  if (!menu || rest.length > 1) throw noSuchCommand();
  const known = router.journal.entries().length;
  const row = rest[0];
  const run = async (command: string, args: readonly (readonly [string, string])[]): Promise<void> => {
    await router.execute(BY_HAND, menu, command, new Map(args));
  };
  const address: [string, string][] = row === undefined ? [] : [['numbers', row]];
  if (edit.add) await run('add', Object.entries(edit.add));
  if (edit.set) await run('set', [...address, ...Object.entries(edit.set)]);
  if (typeof edit.remove === 'string') await run('remove', [['numbers', edit.remove]]);
  else if (edit.remove === true) await run('remove', address);
  else if (edit.remove) await run('remove', [['.id', edit.remove['.id']]]);
  return router.journal.entries().slice(known);
}

const BY_HAND: Caller = { user: 'admin', policies: ALL_POLICIES, transport: 'winbox', address: '192.168.88.10' };
