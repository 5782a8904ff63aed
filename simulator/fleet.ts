import { randomBytes } from 'node:crypto';
import { BOARDS, MIXED_FLEET, type BoardKey } from './boards.ts';
import { CertificateStore } from './certificate-store.ts';
import { startControl } from './control/server.ts';
import { ALL_MENUS } from './menus/all-menus.ts';
import type { ManagementLink } from './network/management-link.ts';
import { SimulatedRouter } from './simulated-router.ts';

export type FleetOptions = {
  /** How many routers. */
  readonly routers: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port of the control API; 0 takes a free one. Default 0. */
  readonly controlPort?: number;
  /** REST port of the first router, the others follow; 0 takes free ones. Default 0. */
  readonly firstRestPort?: number;
  /** SSH port of the first router, the others follow; 0 takes free ones. Default 0. */
  readonly firstSshPort?: number;
  /** Default `lab`: names are `lab-01`, `lab-02`, … */
  readonly namePrefix?: string;
  /** RouterOS version of all routers. Default `7.20.8`. */
  readonly version?: string;
  /** Board of all routers. Default: several boards in turn. */
  readonly board?: BoardKey;
  /** Where the managers' cable is: in the first port, or in a port of the bridge. Default `uplink`. */
  readonly management?: ManagementLink['side'];
  /** Plain HTTP instead of TLS. Default false. */
  readonly http?: boolean;
  /** Folder that keeps certificates and the password, so that they are the same after a restart. */
  readonly stateDir?: string;
  /** Account for management, in group `full`. Default `convoy`. */
  readonly user?: string;
  /** Default: a random one (kept in `stateDir`). */
  readonly password?: string;
  /** Time every request takes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** Time limit of a request, in milliseconds. Default 60 000. */
  readonly sessionLimitMs?: number;
};

/** How to reach one router of a fleet. */
export type FleetDevice = {
  readonly name: string;
  readonly host: string;
  readonly restPort: number;
  readonly sshPort: number;
  readonly version: string;
  /** Board name as `/system/resource` prints it. */
  readonly model: string;
  readonly user: string;
  readonly password: string;
  /** SHA-256 of the certificate (`AA:BB:…`); empty on plain HTTP. */
  readonly fingerprint: string;
};

export type Fleet = {
  readonly controlUrl: string;
  readonly devices: readonly FleetDevice[];
  /** The routers themselves, for tests in the same process. */
  readonly routers: readonly SimulatedRouter[];
  stop(): Promise<void>;
};

/** Starts simulated routers and their control API. Rejects with `PortTakenError` when a wanted port is in use. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const {
    host = '127.0.0.1',
    user = 'convoy',
    version = '7.20.8',
    firstRestPort = 0,
    firstSshPort = 0,
    controlPort = 0,
  } = options;
  const store = new CertificateStore(options.stateDir);
  const password = options.password ?? (await store.keep('password', () => randomBytes(18).toString('base64url')));
  const routers: SimulatedRouter[] = [];
  for (let index = 0; index < options.routers; index++) {
    const name = `${options.namePrefix ?? 'lab'}-${String(index + 1).padStart(2, '0')}`;
    const boardKey = options.board ?? MIXED_FLEET[index % MIXED_FLEET.length] ?? 'rb5009';
    routers.push(
      new SimulatedRouter({
        name,
        index,
        board: BOARDS[boardKey],
        version,
        accounts: accounts(user, password),
        menus: ALL_MENUS,
        managementSide: options.management,
        uptimeMs: FIRST_UPTIME_MS + index * 977_000,
        host,
        restPort: firstRestPort === 0 ? 0 : firstRestPort + index,
        sshPort: firstSshPort === 0 ? 0 : firstSshPort + index,
        hostKey: (type) => store.hostKey(name, type),
        certificate: options.http ? undefined : await store.certificate(name, host),
        latencyMs: options.latencyMs,
        sessionLimitMs: options.sessionLimitMs,
      }),
    );
  }
  const stopRouters = async (): Promise<void> => {
    await Promise.all(routers.map((router) => router.stop()));
  };
  try {
    for (const router of routers) {
      await portOrSentence(router.start(), (port) =>
        port === router.restPort ? '--first-rest-port' : '--first-ssh-port',
      );
    }
    const starting = startControl({ routers, host, port: controlPort, store });
    const control = await portOrSentence(starting, () => '--control-port');
    const stop = async (): Promise<void> => {
      await control.stop();
      await stopRouters();
    };
    return {
      controlUrl: control.url,
      devices: routers.map((router) => describe(router, user, password)),
      routers,
      stop,
    };
  } catch (error) {
    await stopRouters();
    throw error;
  }
}

/** A port that was asked for is in use. */
export class PortTakenError extends Error {
  readonly code = 'PORT_TAKEN';
  readonly port: number;

  constructor(port: number, flag: string, options: ErrorOptions) {
    super(`Port ${port} is taken: choose another one with ${flag}.`, options);
    this.name = 'PortTakenError';
    this.port = port;
  }
}

/** What a new router seems to have been up for: a day and a bit. */
const FIRST_UPTIME_MS = 93_784_000;

/** The management account, and the `admin` every router has; the latter's password nobody knows. */
function accounts(user: string, password: string): { name: string; group: string; password: string }[] {
  const management = { name: user, group: 'full', password };
  if (user === 'admin') return [management];
  return [{ name: 'admin', group: 'full', password: randomBytes(18).toString('base64url') }, management];
}

async function portOrSentence<Result>(starting: Promise<Result>, flagOf: (port: number) => string): Promise<Result> {
  try {
    return await starting;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      const port = 'port' in error ? Number(error.port) : 0;
      throw new PortTakenError(port, flagOf(port), { cause: error });
    }
    throw error;
  }
}

function describe(device: SimulatedRouter, user: string, password: string): FleetDevice {
  return {
    name: device.name,
    host: device.host,
    restPort: device.restPort,
    sshPort: device.sshPort,
    version: device.router.version,
    model: device.router.board.name,
    user,
    password,
    fingerprint: device.fingerprint ?? '',
  };
}
