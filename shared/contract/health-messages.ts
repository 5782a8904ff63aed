import { defineSignal } from '@temporalio/workflow';

/** One sweep over the devices of a cohort. */
export interface HealthSweepInput {
  cohort: number;
  /** Between two sweeps, seconds. */
  intervalSeconds: number;
}

export interface HealthPage extends HealthSweepInput {
  /** The last device of the page before; null for the first page. */
  after: string | null;
}

export interface SweptPage {
  /** The last device of this page; null when no page follows. */
  next: string | null;
  checked: number;
  /** Devices that were left alone: watched, being changed, checked by somebody else. */
  left: number;
  /** Devices that are not well, or were not found well just now. */
  deviating: string[];
}

/** The watch of one device. */
export interface DeviceWatchInput {
  deviceId: string;
  /** For people: shown in the workflow's summary. */
  deviceName: string;
  /** Between two sweeps, seconds; the watch's own pace follows from it. */
  intervalSeconds: number;
  /** Of a watch that goes on in a new run: until its next look. Default: it begins. */
  waitSeconds?: number;
}

/** A sweep found the device deviating: a watch that waits looks at once. */
export const deviatedSignal = defineSignal('deviated');

export interface WatchCheck {
  deviceId: string;
  /** Nobody else need look after the device for so long, seconds. */
  watchSeconds: number;
}

/**
 * `well`: it is healthy and stays so. `deviating`: its status says what was found. `unsettled`: they differ. `left`: it was
 * left alone, because it is being changed or is checked by somebody else. `gone`: nobody checks it any more.
 */
export type WatchFinding = 'well' | 'deviating' | 'unsettled' | 'left' | 'gone';

/** Activities that look at devices beside their lanes. */
export interface HealthActivities {
  /** Checks a page of a cohort's devices, once each, and keeps what it found; repeated, it goes on where it was. */
  sweepHealth(page: HealthPage): Promise<SweptPage>;
  /** Has each of the devices watched. */
  startWatches(request: { deviceIds: string[]; intervalSeconds: number }): Promise<void>;
  /** Checks one device and keeps what it found. */
  watchHealth(request: WatchCheck): Promise<{ found: WatchFinding }>;
}
