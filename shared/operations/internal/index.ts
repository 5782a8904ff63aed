import { inspectBandwidthEnd } from './inspect-bandwidth-end.ts';
import { runBandwidthTest } from './run-bandwidth-test.ts';

export { inspectBandwidthEnd, runBandwidthTest };

/** Parts of actions that ask several devices. Lanes carry them out, but nobody is shown or may call them by themselves. */
export const INTERNAL_OPERATIONS = [inspectBandwidthEnd, runBandwidthTest];
