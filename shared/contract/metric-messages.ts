import type { Resolution } from '../domain/device-metrics/measures.ts';

/** One collection of what the devices of a cohort measure. */
export interface DeviceMetricsInput {
  cohort: number;
  /** Between two collections, seconds. */
  intervalSeconds: number;
}

export interface MetricsPage extends DeviceMetricsInput {
  /** The last device of the page before; null for the first page. */
  after: string | null;
}

export interface CollectedPage {
  /** The last device of this page; null when no page follows. */
  next: string | null;
  collected: number;
  /** Devices that did not answer as they should. */
  failed: number;
  /** Devices that were left alone: known to be away, being changed, or failing. */
  left: number;
}

/** For how many days values are kept, by their resolution. */
export type MetricRetention = Record<Resolution, number>;

/** Activities that visit devices beside their lanes. */
export interface MetricActivities {
  /** Asks a page of a cohort's devices, once each, and keeps what they measured; repeated, it goes on where it was. */
  collectMetrics(page: MetricsPage): Promise<CollectedPage>;
}

/** Activities on what was collected. */
export interface MetricRecords {
  /** Makes the hours and days that are over since the last time; answers how many those are. */
  downsampleMetrics(): Promise<{ hours: number; days: number }>;
  /** Removes what is kept no longer, and makes room for the next days; answers how many tables went. */
  retainMetrics(retention: MetricRetention): Promise<{ dropped: number }>;
}
