import type { Caller, CommandDefinition, MenuDefinition, RouterView } from '../engine/definition.ts';
import { failure } from '../engine/router-error.ts';
import type { SafeMode, SafeModeOwner } from '../router/safe-mode.ts';
import { computed } from './row-fields.ts';

/** Who holds the safe mode, and commands to hold it. Source: manual, Configuration Management. */
export const safeMode: MenuDefinition = {
  path: '/safe-mode',
  kind: 'singleton',
  rows: 'read-only',
  since: '7.18',
  fields: {
    // Whether it is the asking session's own; a session that only looks has none.
    current: computed(() => 'false'),
    enabled: computed((_item, router) => String(router.safeMode.owner !== undefined)),
    owner: computed((_item, router) => router.safeMode.owner?.via),
    user: computed((_item, router) => router.safeMode.owner?.user),
  },
  commands: {
    take: command(take, ['on-error']),
    release: command((mode) => mode.release()),
    unroll: command((mode) => mode.unroll()),
    toggle: command((mode, owner) => (mode.owner === owner ? mode.release() : take(mode, owner))),
  },
};

/** The text for a safe mode that is somebody else's, or that nobody holds, is not measured. */
const NOT_POSSIBLE = 'safe mode is not available';

function take(mode: SafeMode, owner: SafeModeOwner): boolean {
  return mode.take(owner);
}

function command(
  act: (mode: SafeMode, owner: SafeModeOwner) => boolean,
  parameters: readonly string[] = [],
): CommandDefinition {
  return {
    policy: 'write',
    parameters,
    run: (_args, router, caller) => {
      if (!act(router.safeMode, ownerOf(caller, router))) throw failure(NOT_POSSIBLE);
      return { kind: 'done' };
    },
  };
}

const lasting = new WeakMap<RouterView, SafeModeOwner>();

/**
 * A REST request belongs to no session that could end: what it takes, it holds until it is released. How long a device
 * keeps it is not measured.
 */
function ownerOf({ session, user }: Caller, router: RouterView): SafeModeOwner {
  if (session) return session;
  const known = lasting.get(router) ?? { user, via: 'rest-api' };
  lasting.set(router, known);
  return known;
}
