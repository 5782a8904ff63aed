import type { RollbackResult } from '../shared/contract/plan-messages.ts';

/** Devices spelled out in a plan's status; each says more by itself. */
const NAMED_AT_MOST = 10;

/** What became of a rollback that did not come to its end everywhere, and what to do. */
export function sayIncomplete({ rolledBack, incomplete }: RollbackResult): string {
  const named = incomplete.slice(0, NAMED_AT_MOST).map(({ deviceId, name, error, leftObjects = 0 }) => {
    const objects = leftObjects > 0 ? `, ${leftObjects} left` : '';
    return `${name ?? deviceId} (${error.code}${objects})`;
  });
  const more = incomplete.length - named.length;
  const devices = `${incomplete.length} of ${rolledBack + incomplete.length} device(s) could not be put back`;
  return (
    `${devices}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}. ` +
    'Each says what is left on it and what to do; then ask for the rollback again, which comes back only to these.'
  );
}
