import type { WorkflowAudit } from '../shared/contract/fleet-activities.ts';
import type { DeviceProgress } from '../shared/contract/plan-messages.ts';
import { fleet } from './activity-options.ts';

/** Records of one activity at most: each may list a hundred objects that are left on a device, and all must fit into a payload. */
const MOST = 25;

interface Waiting {
  audits: WorkflowAudit[];
  devices: DeviceProgress[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Keeps what a rollout does, one lot at a time: what comes while one is on its way goes with the next one, together. Each
 * caller waits until its own is kept, so that nothing happens that is not on record.
 */
export class RolloutRecorder {
  private readonly planId: string;
  private readonly estimatedEndAt: () => string | null;
  private waiting: Waiting[] = [];
  private isWriting = false;

  constructor(planId: string, estimatedEndAt: () => string | null) {
    this.planId = planId;
    this.estimatedEndAt = estimatedEndAt;
  }

  keep({ audits = [], devices = [] }: { audits?: WorkflowAudit[]; devices?: DeviceProgress[] }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ audits, devices, resolve, reject });
      if (!this.isWriting) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, MOST));
    this.isWriting = false;
  }

  private async write(lot: Waiting[]): Promise<void> {
    try {
      await fleet.recordRollout({
        planId: this.planId,
        audits: lot.flatMap(({ audits }) => audits),
        devices: lot.flatMap(({ devices }) => devices),
        estimatedEndAt: this.estimatedEndAt(),
      });
      for (const { resolve } of lot) resolve();
    } catch (error) {
      for (const { reject } of lot) reject(error);
    }
  }
}
