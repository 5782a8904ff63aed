import { defineQuery, defineSignal } from '@temporalio/workflow';
import {
  RECHECK_SIGNAL,
  type RetryOrder,
  type RolloutProgress,
  type SkipOrder,
} from '../shared/contract/plan-messages.ts';

export const pauseRollout = defineSignal<[{ reason: string }]>('pause');
export const resumeRollout = defineSignal<[{ reason: string }]>('resume');
export const abortRollout = defineSignal<[{ reason: string }]>('abort');
export const skipDevices = defineSignal<[SkipOrder]>('skip');
export const retryDevices = defineSignal<[RetryOrder]>('retry');
export const recheckRollout = defineSignal(RECHECK_SIGNAL);
export const rolloutProgress = defineQuery<RolloutProgress>('progress');
