import { settleOpenActions } from '../../../activities/fleet/audit-care.ts';
import type { Violation } from '../evidence.ts';
import type { Stage } from './play-story.ts';

/** What must hold of the whole stack: the audit's chain is whole, and its care leaves nothing open. */
export async function judgeStack({ stack, people }: Stage): Promise<Violation[]> {
  const { database } = stack;
  // As the care does some time later: then what is open counts as given up.
  const later = {
    audit: {
      ...database.audit,
      openActions: ({ limit }: { limit: number }) => database.audit.openActions({ openMs: 0, limit }),
    },
    calls: {
      ...database.calls,
      get: async (...call: Parameters<typeof database.calls.get>) => {
        const kept = await database.calls.get(...call);
        return kept && { ...kept, silentMs: Number.POSITIVE_INFINITY };
      },
    },
    plans: database.plans,
    stops: database.stops,
    claims: database.claims,
    webhooks: database.webhooks,
  };
  await settleOpenActions({ database: later, client: people.temporal });
  const open = await database.audit.openActions({ openMs: 0, limit: 100 });
  const verified = await database.audit.verify();
  return [
    ...open.map(({ key, action }) => ({
      invariant: 'the audit is complete',
      message: `${action} (${key}) is open, also after the audit was looked after`,
    })),
    ...(verified.ok
      ? []
      : [{ invariant: 'the audit is whole', message: verified.firstBreak?.message ?? 'it does not verify' }]),
  ];
}
