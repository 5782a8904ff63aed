import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  payload: AdapterPayload;
  expiresAtMs: number;
}

/** How many writes pass between two sweeps for expired entries. */
const SWEEP_EVERY = 500;

/**
 * Keeps the provider's sessions, codes and grants in memory, without evicting live ones. One store belongs to one
 * provider; what it holds is gone with the process, so people sign in again after a restart.
 */
export function createMemoryStore(): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  let writes = 0;

  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAtMs > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  const sweep = (): void => {
    for (const key of entries.keys()) live(key);
  };
  const findWhere = (prefix: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of entries.keys()) {
      if (!key.startsWith(prefix)) continue;
      const payload = live(key);
      if (payload && matches(payload)) return payload;
    }
    return undefined;
  };

  return (model) => {
    const prefix = `${model}:`;
    return {
      upsert: async (id, payload, expiresInSeconds) => {
        writes += 1;
        if (writes % SWEEP_EVERY === 0) sweep();
        const expiresAtMs = expiresInSeconds ? Date.now() + expiresInSeconds * 1000 : Number.POSITIVE_INFINITY;
        entries.set(prefix + id, { payload, expiresAtMs });
      },
      find: async (id) => live(prefix + id),
      findByUserCode: async (userCode) => findWhere(prefix, (payload) => payload['userCode'] === userCode),
      findByUid: async (uid) => findWhere(prefix, (payload) => payload['uid'] === uid),
      consume: async (id) => {
        const payload = live(prefix + id);
        if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        entries.delete(prefix + id);
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of entries) if (payload['grantId'] === grantId) entries.delete(key);
      },
    };
  };
}
