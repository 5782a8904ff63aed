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
const PINNED_PLAN_KINDS = [
  {
    kind: 'dns_ntp',
    phase: 3,
    flag: null,
    paths: ['/ip/dns', '/system/ntp/client'],
    input:
      '{ dnsServers?: string(maxLength 45)[](minItems 1, maxItems 10); ntpServers?: string(maxLength 253)[](minItems 1, maxItems 10) }',
    current: '{ dns: { servers: string }; ntp: { servers: string; enabled: string } }',
  },
];

test.each(OPERATIONS)('$name keeps its tier, menus and schemas', async (operation) => {
  await expect(`${JSON.stringify(pinOf(operation), null, 2)}\n`).toMatchFileSnapshot(
    `operations/${operation.name}.json`,
  );
});

test('no operation is gone', async () => {
  const pinned = await readdir(new URL('operations/', import.meta.url));
  expect(OPERATIONS.map(({ name }) => `${name}.json`).toSorted()).toEqual(pinned.toSorted());
});

test('plan kinds keep their names, menus and schemas', () => {
  const kinds = PLAN_KINDS.map(({ kind, phase, flag, paths, input, current }) => ({
    kind,
    phase,
    flag: flag ?? null,
    paths,
    input: inputSignature(input),
    current: signatureOf(z.toJSONSchema(current)),
  }));
  expect(kinds).toEqual(PINNED_PLAN_KINDS);
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
