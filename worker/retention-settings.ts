import type { KeepDays } from '../shared/contract/retention-messages.ts';
import type { RetentionScheduleSettings } from '../shared/contract/schedules.ts';
import type { WorkerConfig } from '../shared/platform/config/processes.ts';

type Config = Pick<
  WorkerConfig,
  'retentionHour' | 'keepPlansDays' | 'keepStopsDays' | 'keepRotationsDays' | 'keepWebhookEventsDays'
>;

/** When what is old is removed, and how old it is then. */
export function retentionSettings(config: Config): RetentionScheduleSettings {
  return { hour: config.retentionHour, keepDays: keepDaysOf(config) };
}

function keepDaysOf(config: Config): KeepDays {
  return {
    plans: config.keepPlansDays,
    stops: config.keepStopsDays,
    rotations: config.keepRotationsDays,
    webhookEvents: config.keepWebhookEventsDays,
    // Nobody can use these any more; processes remove most of them as they go.
    calls: 1,
    sessions: 2,
    quotas: 2,
  };
}
