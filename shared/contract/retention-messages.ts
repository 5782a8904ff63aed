/** What is removed for its age, oldest first, each by its own rule. The audit is not among it: it has a prune of its own. */
export const RETENTION_RULES = ['plans', 'stops', 'rotations', 'webhookEvents', 'calls', 'sessions', 'quotas'] as const;
export type RetentionRuleName = (typeof RETENTION_RULES)[number];

/** Days that things of a rule are kept after they were over; null: for ever. */
export type KeepDays = Record<RetentionRuleName, number | null>;

export interface RetentionRun {
  keepDays: KeepDays;
}

export interface RemovedRows {
  /** Things, each with everything that belongs to it. */
  removed: number;
  /** Whether there is nothing left to remove. */
  isDone: boolean;
}

export interface RetentionActivities {
  /** Removes batches of what is older, for some seconds at most. */
  removeOld(request: { rule: RetentionRuleName; keepDays: number }): Promise<RemovedRows>;
}
