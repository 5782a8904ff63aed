import type { z } from 'zod';
import type { CertificateStore } from '../certificate-store.ts';
import { warnOfUnforeseen } from '../router/unforeseen.ts';
import type { SimulatedRouter } from '../simulated-router.ts';
import { ControlError } from './control-error.ts';
import { editByHand } from './edit-by-hand.ts';
import { clockBody, editBody, faultsBody, latencyBody, powerBody } from './requests.ts';

export type Route = {
  readonly method: string;
  /** What follows `/devices/:name`; empty for the device itself. */
  readonly action: string;
  readonly run: (device: SimulatedRouter, body: unknown, store: CertificateStore) => Promise<unknown>;
};

/** Everything the control API does with one device. */
export const DEVICE_ROUTES: readonly Route[] = [
  { method: 'GET', action: '', run: async (device) => summary(device) },
  {
    method: 'GET',
    action: 'state',
    run: async (device) => ({ ...summary(device), time: device.router.localNow(), menus: device.router.state() }),
  },
  { method: 'GET', action: 'faults', run: async (device) => ({ faults: device.faults.list() }) },
  {
    method: 'PUT',
    action: 'faults',
    run: async (device, body) => {
      await device.setFaults(parse(faultsBody, body));
      return { faults: device.faults.list() };
    },
  },
  {
    method: 'DELETE',
    action: 'faults',
    run: async (device) => {
      await device.setFaults([]);
      return { faults: [] };
    },
  },
  {
    method: 'GET',
    action: 'journal',
    run: async ({ router: { journal } }) => ({ entries: journal.entries(), counters: journal.counters }),
  },
  {
    method: 'DELETE',
    action: 'journal',
    run: async ({ router: { journal } }) => {
      journal.clear();
      return { entries: [], counters: journal.counters };
    },
  },
  {
    method: 'POST',
    action: 'edit',
    run: async (device, body) => {
      const edit = parse(editBody, body);
      if (device.power !== 'on') throw new ControlError(409, 'DEVICE_OFF', `${device.name} is not powered on.`);
      return { entries: await editByHand(device.router, edit) };
    },
  },
  {
    method: 'POST',
    action: 'clock',
    run: async ({ router }, body) => {
      const { advanceMs, advanceSeconds = 0 } = parse(clockBody, body);
      router.clock.advance(advanceMs ?? advanceSeconds * 1000);
      return { time: router.localNow() };
    },
  },
  {
    method: 'POST',
    action: 'power',
    run: async (device, body) => {
      const { action, downMs } = parse(powerBody, body);
      if (action === 'on') await device.switchOn();
      if (action === 'off') await device.switchOff();
      // The answer does not wait until the router is up again: `power` says when it is.
      if (action === 'cycle') void device.cyclePower(downMs).catch(warnOfUnforeseen);
      return { power: action === 'cycle' ? 'booting' : device.power };
    },
  },
  {
    method: 'PUT',
    action: 'latency',
    run: async (device, body) => {
      device.latencyMs = parse(latencyBody, body).latencyMs;
      return { latencyMs: device.latencyMs };
    },
  },
  {
    method: 'POST',
    action: 'certificate',
    run: async (device, _body, store) => {
      const previousFingerprint = device.fingerprint;
      if (previousFingerprint === undefined) {
        throw new ControlError(409, 'NO_CERTIFICATE', `${device.name} serves plain HTTP and has no certificate.`);
      }
      device.changeCertificate(await store.renew(device.name, device.host));
      return { fingerprint: device.fingerprint, previousFingerprint };
    },
  },
];

/** What the list of devices says about one. */
export function summary(device: SimulatedRouter): Record<string, unknown> {
  return {
    name: device.name,
    host: device.host,
    restPort: device.restPort,
    sshPort: device.sshPort,
    version: device.router.version,
    model: device.router.board.name,
    fingerprint: device.fingerprint ?? '',
    power: device.power,
    latencyMs: device.latencyMs,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length ? `${path.join('.')}: ${message}` : message,
  );
  throw new ControlError(400, 'BODY_INVALID', problems.join('; '));
}
