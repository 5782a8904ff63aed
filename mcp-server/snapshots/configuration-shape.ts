import { z } from 'zod';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { untrusted, Word, word } from '../../shared/operations/output-fields.ts';
import type { SnapshotStore } from '../../shared/platform/persistence/stores/snapshot-store.ts';
import { configurationObjects, type ConfigurationMenu } from '../../shared/routeros/configuration-objects.ts';

/** The part of a configuration that is wanted. */
export const MenuField = z
  .string()
  .max(200)
  .regex(/^(\/[a-z0-9-]+)+$/, 'a menu such as "/ip/firewall/filter"')
  .optional()
  .describe('Only this menu and those below it, such as /ip/firewall');

export const AsField = z
  .enum(['lines', 'objects'])
  .default('lines')
  .describe('"lines": text of the console; "objects": entries with their fields, by menu');

const Menu = word(200);
const Key = untrusted(4_000).describe('Names the entry in its menu; empty for a menu that is one set of settings');
const Value = untrusted(4_000, { keepsLinks: true });

/** An entry of a configuration, or the settings of a menu that has no entries. */
export const ConfigurationObject = z.object({
  menu: Menu,
  key: Key,
  command: z.enum(['add', 'set']).describe('"set": the router has it by itself, only what differs is listed'),
  values: z.record(Word, Value).describe('Only what differs from the defaults; secrets are masked'),
});

/** A menu that a configuration says something of. */
export const ConfigurationMenuShape = z.object({
  menu: Menu,
  isOrdered: z.boolean().describe('The order of its entries means something'),
  objectCount: z.int(),
});

/** An entry that differs between two configurations. */
export const DifferenceShape = z.object({
  menu: Menu,
  key: Key,
  kind: z.enum(['added', 'removed', 'changed', 'moved']),
  fields: z
    .array(z.object({ field: Word, before: Value.nullable(), after: Value.nullable() }))
    .describe('Fields that differ; null: not set'),
  places: z.object({ before: z.int(), after: z.int() }).optional().describe('Of what moved, from 0'),
});

/** Longest part of a configuration that is taken apart; others are served meanwhile. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** The lines of a kept configuration, of one menu where it is named. */
export async function linesOf(
  snapshots: Pick<SnapshotStore, 'text'>,
  { sha256 }: Pick<Snapshot, 'sha256'>,
  menu: string | undefined,
): Promise<string[]> {
  const lines = (await snapshots.text(sha256)).split('\n').slice(0, -1);
  if (menu === undefined) return lines;
  // As an export writes it: `/ip firewall filter add …`, and of menus below it one more word.
  const start = `/${menu.slice(1).replaceAll('/', ' ')} `;
  return lines.filter((line) => line.startsWith(start));
}

/** The objects that the lines describe. Fails with VALIDATION_ERROR when those are too many. */
export function objectsOf(lines: readonly string[]): ConfigurationMenu[] {
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  if (characters <= MOST_CHARACTERS) return configurationObjects(lines.join('\n'));
  throw new AppError('VALIDATION_ERROR', {
    message: `as: objects are made of at most ${MOST_CHARACTERS} characters of configuration; these are ${characters}.`,
    hint: 'Name a smaller menu, or take as=lines.',
  });
}
