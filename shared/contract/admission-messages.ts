import type { ErrorBody } from '../errors/app-error.ts';

/** A workflow asks whether it may go on; every stage is asked again, because the answer may have changed. */
export interface AdmissionRequest {
  /** `start`: of a plan. `wave`: before the next devices of a rollout. `device`: before the first write on one. */
  stage: 'start' | 'wave' | 'device';
  /** Null for what is done to one device without a plan; the front end has held it against the policy. */
  planId: string | null;
  /** Of what is done without a plan: it is held back outside of maintenance windows too. Default false. */
  heedsWindows?: boolean;
  /** The devices still to be written. */
  deviceIds: string[];
  /**
   * Present when it puts back what was captured before: when somebody asked for that, ISO 8601. Neither windows nor stops
   * that were in place by then hold it back.
   */
  undoAskedAt?: string;
  /** The plan's devices are shown as being written from the moment on at which they may be. Default false. */
  begins?: true;
  /** With `begins`: indices of the device's steps that are written then, and that an undo takes back. Default: not known. */
  writes?: number[];
}

/** `wait`: ask again at that time, ISO 8601. `pause`: a person must say when it goes on. */
export type Admission =
  { answer: 'proceed' } | { answer: 'wait'; until: string; reason: ErrorBody } | { answer: 'pause'; reason: ErrorBody };
