import { behindBreaker, createBreaker } from '../../../../activities/routeros/breaker.ts';
import { createDeviceSession, type DeviceSession } from '../../../../activities/routeros/device-session.ts';
import type { RouterAccess } from '../../../../activities/routeros/rest-router.ts';
import type { Router } from '../../../../shared/routeros/router.ts';
import { createLaneGate } from '../../../../worker/lane-gate.ts';
import type { RouterProcess } from './router-process.ts';

/** Replies come long before; only what never comes is waited for, and a day has six of those. */
const PATIENCE_MS = 2_000;
const LIMITS = {
  connectTimeoutMs: 10_000,
  headersTimeoutMs: PATIENCE_MS,
  bodyTimeoutMs: PATIENCE_MS,
  readBackoffMs: [20, 60, 200],
  quietAfterTimeoutMs: 50,
};
/** Fewer than the tries of one read: a router that is away is left alone within one call. */
const BREAKER = { failures: 3, coolDownSeconds: 0.05, maxCoolDownSeconds: 0.05 };

/** The connections of one router's lane, opened and closed as its owner does. */
export interface Lane {
  /** How often they were opened. */
  readonly openings: number;
  /** How often the breaker began a cool-down. */
  readonly coolDowns: number;
  router(): Router;
  /** Reads over a connection of its own. */
  fresh<T>(use: (router: Router) => Promise<T>): Promise<T>;
  /** Closes everything and begins anew, as after a pause or with other settings. */
  reopen(fingerprint256?: string): Promise<void>;
  close(): Promise<void>;
}

export function openLane(
  { device }: RouterProcess,
  access: RouterAccess,
  options: { hostKey: string; observe: () => void },
): Lane {
  let pin = device.fingerprint;
  const count = { openings: 0, coolDowns: 0 };
  let session = open();

  function open(): DeviceSession {
    count.openings += 1;
    const gate = createLaneGate({ maxInFlight: 1, requestsPerSecond: 10_000 });
    let begun = 0;
    const breaker = createBreaker({
      policy: BREAKER,
      onChange: (record) => {
        const openings = record?.openings ?? 0;
        if (openings > begun) count.coolDowns += 1;
        begun = openings;
      },
    });
    return createDeviceSession({
      host: device.host,
      restPort: device.restPort,
      tls: { mode: 'pinned', fingerprint256: pin },
      username: device.user,
      password: device.password,
      limits: LIMITS,
      ssh: {
        port: device.sshPort,
        hostKey: options.hostKey,
        limits: { connectTimeoutMs: LIMITS.connectTimeoutMs, commandTimeoutMs: PATIENCE_MS },
      },
      gate: behindBreaker(breaker, gate.pass),
      sshGate: gate.pass,
      observe: options.observe,
    });
  }

  return {
    get openings() {
      return count.openings;
    },
    get coolDowns() {
      return count.coolDowns;
    },
    router: () => session.router(access),
    async fresh(use) {
      const opened = session.fresh(access);
      try {
        return await use(opened.router);
      } finally {
        await opened.close();
      }
    },
    async reopen(fingerprint256 = pin) {
      await session.close();
      pin = fingerprint256;
      session = open();
    },
    close: () => session.close(),
  };
}
