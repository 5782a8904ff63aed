import { z } from 'zod';
import { visibleDevices, type DeviceGrant } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { TOOLSETS } from '../../shared/operations/toolsets.ts';
import type { Completions, LookupStore } from '../../shared/platform/persistence/stores/lookup-store.ts';
import { defineAction, type Action } from '../call/action.ts';

/** Arguments of prompts and variables of addresses whose values can be offered. */
export const COMPLETED = ['deviceId', 'tag', 'planId', 'kind', 'toolset', 'operation'] as const;
export type Completed = (typeof COMPLETED)[number];

/** Values offered at a time, as the protocol limits it. */
export const MOST_VALUES = 100;

export interface CompleteDeps {
  lookup: Pick<LookupStore, 'deviceRefs' | 'tags' | 'planIds'>;
  /** Names in the catalogue, in their order. */
  names: Readonly<Record<'kind' | 'operation', () => readonly string[]>>;
}

/** Values that begin as somebody has begun to write, inside the caller's scope; no tool, but a call like any other. */
export function completeArgumentAction({ lookup, names }: CompleteDeps): Action {
  const completers: Record<Completed, (prefix: string, grants: readonly DeviceGrant[]) => Promise<Completions>> = {
    deviceId: (prefix, grants) => lookup.deviceRefs({ prefix, grants, limit: MOST_VALUES }),
    tag: (prefix, grants) => lookup.tags({ prefix, grants, limit: MOST_VALUES }),
    planId: (prefix, grants) => lookup.planIds({ prefix, grants, limit: MOST_VALUES }),
    kind: async (prefix) => startingWith(prefix, names.kind()),
    toolset: async (prefix) => startingWith(prefix, Object.keys(TOOLSETS)),
    operation: async (prefix) => startingWith(prefix, names.operation()),
  };
  return defineAction({
    name: 'complete_argument',
    title: 'Complete an argument',
    description: 'Values for an argument of a prompt or a variable of a resource, by their first letters.',
    toolset: 'fleet',
    isCore: false,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['context'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({
      argument: z.enum(COMPLETED).describe('What is written'),
      prefix: z.string().max(100).describe('Its first letters'),
    }),
    output: z.object({ values: z.array(z.string()), total: z.int() }),
    target: { on: 'nothing' },
    async dispatch({ input: { argument, prefix }, principal }) {
      return { output: await completers[argument](prefix, visibleDevices(principal)) };
    },
    summarize: ({ values, total }) => `${values.length} of ${total} values.`,
  });
}

export function startingWith(prefix: string, all: readonly string[]): Completions {
  const values = all.filter((value) => value.toLowerCase().startsWith(prefix.toLowerCase()));
  return { values: values.slice(0, MOST_VALUES), total: values.length };
}
