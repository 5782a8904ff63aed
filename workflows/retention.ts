import { log } from '@temporalio/workflow';
import { RETENTION_RULES, type RetentionRun } from '../shared/contract/retention-messages.ts';
import { oldRows } from './activity-options.ts';

/** Attempts of one rule in a run, of some seconds each; what is left goes the next day. */
const MOST_ATTEMPTS = 100;

/** Removes what is kept no longer, one rule after another. Run by a schedule. */
export async function retentionWorkflow({ keepDays }: RetentionRun): Promise<void> {
  for (const rule of RETENTION_RULES) {
    const days = keepDays[rule];
    // A rule of a version to come is not known to the schedule yet.
    if (days === null || days === undefined) continue;
    let isDone = false;
    for (let attempt = 1; !isDone && attempt <= MOST_ATTEMPTS; attempt++) {
      ({ isDone } = await oldRows.removeOld({ rule, keepDays: days }));
    }
    if (!isDone) log.warn('more is too old than one run removes', { rule });
  }
}
