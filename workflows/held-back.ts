import type { DeviceChangeResult } from '../shared/contract/device-messages.ts';

/** The first write was not made, because meanwhile it may not be. */
export class HeldBack extends Error {
  /** How the change ends by that. */
  readonly result: DeviceChangeResult;
  constructor(result: DeviceChangeResult) {
    super(result.error?.message);
    this.result = result;
  }
}
