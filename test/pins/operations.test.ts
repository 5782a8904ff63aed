import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { signatureOf } from './signature.ts';

/**
 * What clients, scopes, audit records and stored plans rely on; one file an operation in `operations/`. Changing one of them
 * breaks somebody: say so in the CHANGELOG and change it (`npx vitest run test/pins -u`) in the same commit.
 */
test.each(OPERATIONS)('$name keeps its tier, menus and schemas', async (operation) => {
  await expect(`${JSON.stringify(pinOf(operation), null, 2)}\n`).toMatchFileSnapshot(
    `operations/${operation.name}.json`,
  );
});

test('no operation is gone', async () => {
  const pinned = await readdir(new URL('operations/', import.meta.url));
  expect(OPERATIONS.map(({ name }) => `${name}.json`).toSorted()).toEqual(pinned.toSorted());
});

test.each(PLAN_KINDS)(
  'plan kind $kind keeps its menus and schemas',
  async ({ kind, phase, flag, paths, input, current }) => {
    const pin = {
      kind,
      phase,
      flag: flag ?? null,
      paths,
      input: inputSignature(input),
      current: signatureOf(z.toJSONSchema(current)),
    };
    await expect(`${JSON.stringify(pin, null, 2)}\n`).toMatchFileSnapshot(`plan-kinds/${kind}.json`);
  },
);

test('no plan kind is gone', async () => {
  const pinned = await readdir(new URL('plan-kinds/', import.meta.url));
  expect(PLAN_KINDS.map(({ kind }) => `${kind}.json`).toSorted()).toEqual(pinned.toSorted());
});

function pinOf(operation: (typeof OPERATIONS)[number]): Record<string, unknown> {
  const { name, effect, tier, toolset, phase, paths, input } = operation;
  return {
    name,
    effect,
    tier,
    toolset,
    phase,
    flag: operation.flag ?? null,
    paths,
    input: inputSignature(input),
    output: operation.effect === 'read' ? signatureOf(z.toJSONSchema(operation.output)) : null,
  };
}

function inputSignature(input: z.ZodType): string {
  return signatureOf(z.toJSONSchema(input, { io: 'input' }));
}
