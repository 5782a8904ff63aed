import { connect } from 'node:tls';
import { startFleet, type FleetOptions } from '../../../simulator/fleet.ts';
import type { ObservedRequest, RouterLimits, RouterTarget } from '../../../activities/routeros/router-target.ts';

/** Limits that let a test see a failure soon; the waits keep their order of size. */
export const SHORT_LIMITS: RouterLimits = {
  connectTimeoutMs: 1_000,
  headersTimeoutMs: 400,
  bodyTimeoutMs: 400,
  maxReplyBytes: 1024 * 1024,
  readBackoffMs: [20, 60],
  quietAfterTimeoutMs: 300,
};

/** For tests in which nothing is meant to be late, on however busy a machine. */
export const PATIENT_LIMITS: RouterLimits = {
  ...SHORT_LIMITS,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
};

export interface Journal {
  entries: { transport: string; path: string }[];
  counters: { requests: number; writes: number; maxInFlight: number; connections: number; tlsHandshakes: number };
}

/** One simulated router, steered through the control API as from outside. */
export interface SimulatedDevice {
  target: RouterTarget;
  sshPort: number;
  /** What the client said about its requests, oldest first. */
  observed: ObservedRequest[];
  faults(faults: readonly object[]): Promise<void>;
  edit(path: string, set: Record<string, string>): Promise<void>;
  /** Returns the new fingerprint. */
  renewCertificate(): Promise<string>;
  journal(): Promise<Journal>;
  /** Forgets the journal's entries, for tests that write much. */
  clearJournal(): Promise<void>;
  menu(path: string): Promise<unknown>;
  /** Lets so many seconds pass on the router's own clock, and what is due happen. */
  advance(seconds: number): Promise<void>;
  /** Switches it off and on again; resolves when it is up. */
  restart(): Promise<void>;
  stop: () => Promise<void>;
}

export async function startDevice(options: Partial<FleetOptions> = {}): Promise<SimulatedDevice> {
  const fleet = await startFleet({ routers: 1, board: 'rb5009', ...options });
  const [device] = fleet.devices;
  if (!device) throw new Error('the fleet is empty');
  const observed: ObservedRequest[] = [];
  const control = async (method: string, action: string, body?: unknown): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${fleet.controlUrl}/devices/${device.name}/${action}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = (await reply.json()) as Record<string, unknown>;
    if (!reply.ok) throw new Error(`${method} ${action}: ${reply.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    target: {
      host: device.host,
      restPort: device.restPort,
      tls: options.http ? { mode: 'plaintext' } : { mode: 'pinned', fingerprint256: device.fingerprint },
      username: device.user,
      password: device.password,
      limits: SHORT_LIMITS,
      observe: (request) => observed.push(request),
    },
    sshPort: device.sshPort,
    observed,
    faults: async (faults) => void (await control('PUT', 'faults', faults)),
    edit: async (path, set) => void (await control('POST', 'edit', { path, set })),
    renewCertificate: async () => String((await control('POST', 'certificate'))['fingerprint']),
    journal: async () => (await control('GET', 'journal')) as unknown as Journal,
    clearJournal: async () => void (await control('DELETE', 'journal')),
    menu: async (path) => ((await control('GET', 'state'))['menus'] as Record<string, unknown>)[path],
    advance: async (seconds) => void (await control('POST', 'clock', { advanceSeconds: seconds })),
    restart: async () => {
      await control('POST', 'power', { action: 'off' });
      await control('POST', 'power', { action: 'on' });
    },
    stop: () => fleet.stop(),
  };
}

/** The certificate a port shows, as PEM. */
export async function shownPem(host: string, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = connect({ host, port, rejectUnauthorized: false }, () => resolve(socket.getPeerCertificate().raw));
  socket.once('error', reject);
  const der = await promise;
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}
