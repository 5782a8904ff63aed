import type { Dependency } from '../../shared/platform/process/readiness.ts';
import type { IssuerKeys } from './issuer-keys.ts';

/** The identity provider's signing keys; degraded while old ones have to do. */
export function keysDependency(keys: Pick<IssuerKeys, 'ready' | 'age'>): Dependency {
  return {
    name: 'identityProvider',
    async check() {
      await keys.ready();
      const age = keys.age();
      if (age === null) return {};
      const { readSeconds, isOverdue, usableSeconds } = age;
      const facts = { keysReadSecondsAgo: readSeconds };
      if (!isOverdue) return { facts };
      return {
        facts,
        degraded: `It does not give its signing keys. Those read ${readSeconds} s ago are used for another ${usableSeconds} s; then nobody is let in.`,
      };
    },
  };
}
