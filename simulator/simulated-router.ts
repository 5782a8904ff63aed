import { setTimeout as delay } from 'node:timers/promises';
import { Listener } from './network/listener.ts';
import { ManagementGate } from './network/management-gate.ts';
import type { ManagementLink } from './network/management-link.ts';
import { Door } from './rest/door.ts';
import { CERT, KEY, ownValues } from './menus/certificate/x509.ts';
import { readCertificate, type RouterCertificate } from './rest/certificate.ts';
import { RestService } from './rest/rest-service.ts';
import { type Fault, FaultPlan } from './router/fault.ts';
import { Router, type RouterOptions } from './router/router.ts';
import { warnOfUnforeseen } from './router/unforeseen.ts';
import type { HostKey, HostKeyType } from './ssh/host-key.ts';
import { SshService } from './ssh/ssh-service.ts';

export type SimulatedRouterOptions = Omit<RouterOptions, 'management'> & {
  /** Where the managers' cable is. Default `uplink`. */
  readonly managementSide?: ManagementLink['side'];
  readonly host: string;
  /** 0 takes a free port. */
  readonly restPort: number;
  /** Absent: plain HTTP. */
  readonly certificate?: RouterCertificate;
  /** 0 takes a free port. */
  readonly sshPort: number;
  /** The router's SSH identity of a type; asked for when the first client comes. */
  readonly hostKey: (type: HostKeyType) => Promise<HostKey>;
  /** Time every request takes, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** Time limit of a request, in milliseconds. Default 60 000, as on devices. */
  readonly sessionLimitMs?: number;
};

export type Power = 'on' | 'off' | 'booting';

/** A router with its network door, faults and power switch. */
export class SimulatedRouter {
  readonly router: Router;
  readonly faults = new FaultPlan();
  readonly host: string;
  latencyMs: number;
  readonly #rest: RestService;
  readonly #door: Door;
  readonly #ssh: SshService;
  readonly #sshDoor: Listener;
  #certificate: RouterCertificate | undefined;
  #power: Power = 'off';
  /** Grows with every change of power, so that an older restart does not undo a newer switch. */
  #powerChanges = 0;
  #doorWork: Promise<void> = Promise.resolve();
  #refusal: NodeJS.Timeout | undefined;

  constructor(options: SimulatedRouterOptions) {
    const web = options.certificate ? 'www-ssl' : 'www';
    this.router = new Router({ ...options, management: { side: options.managementSide ?? 'uplink', web } });
    const gate = new ManagementGate(this.router);
    this.router.journal.onWrite = () => {
      gate.reconsider();
      this.#followService();
    };
    this.host = options.host;
    this.latencyMs = options.latencyMs ?? 0;
    this.#certificate = options.certificate;
    this.#rest = new RestService({
      router: this.router,
      faults: this.faults,
      latencyMs: () => this.latencyMs,
      sessionLimitMs: options.sessionLimitMs ?? 60_000,
      powerChanges: () => this.#powerChanges,
      onReboot: (downMs) => void this.cyclePower(downMs).catch(warnOfUnforeseen),
    });
    const { counters } = this.router.journal;
    this.#door = new Door({
      host: options.host,
      port: options.restPort,
      certificate: options.certificate,
      gate,
      onRequest: (request, response, connection) =>
        void this.#rest.handle(request, response, connection).catch(warnOfUnforeseen),
      onConnection: () => {
        counters.connections += 1;
        return !this.faults.takeForConnection();
      },
      onHandshake: () => {
        counters.tlsHandshakes += 1;
      },
    });
    this.#ssh = new SshService({
      router: this.router,
      faults: this.faults,
      hostKey: () => options.hostKey(hostKeyType(this.router)),
      latencyMs: () => this.latencyMs,
      powerChanges: () => this.#powerChanges,
      onReboot: (downMs) => void this.cyclePower(downMs).catch(warnOfUnforeseen),
    });
    this.#sshDoor = new Listener(options.host, options.sshPort, (socket) => {
      counters.connections += 1;
      if (this.faults.takeForConnection()) socket.resetAndDestroy();
      else
        gate.admit(socket, 'ssh', () => void this.#ssh.handle(socket).then(() => socket.resume(), warnOfUnforeseen), {
          holdsBytes: true,
        });
    });
    // The reply to the reboot command gets a moment to leave before connections are cut.
    this.router.onReboot = () => void setImmediate(() => void this.cyclePower().catch(warnOfUnforeseen));
    this.router.onShutdown = () => void setImmediate(() => void this.switchOff().catch(warnOfUnforeseen));
  }

  get name(): string {
    return this.router.name;
  }

  get restPort(): number {
    return this.#door.port;
  }

  get sshPort(): number {
    return this.#sshDoor.port;
  }

  get power(): Power {
    return this.#power;
  }

  /** Fingerprint of the certificate in use; undefined on plain HTTP. */
  get fingerprint(): string | undefined {
    return this.#certificate?.fingerprint;
  }

  /** Switches on for the first time. Rejects with `EADDRINUSE` when the port is taken. */
  async start(): Promise<void> {
    await this.#door.open();
    await this.#sshDoor.open();
    this.#power = 'on';
  }

  /** Switches off for good. */
  async stop(): Promise<void> {
    clearTimeout(this.#refusal);
    this.#rest.releaseHung();
    this.#ssh.releaseHung();
    await this.switchOff();
  }

  async switchOff(): Promise<void> {
    this.#powerChanges += 1;
    this.#power = 'off';
    this.router.clock.stop();
    this.#rest.powerLost();
    await this.#settleDoor();
  }

  async switchOn(): Promise<void> {
    if (this.#power === 'on') return;
    this.#powerChanges += 1;
    this.router.restart();
    this.#power = 'on';
    await this.#settleDoor();
  }

  /** Away for a while, then up with what was only in memory lost. */
  async cyclePower(downMs = 1000): Promise<void> {
    const down = this.switchOff();
    this.#power = 'booting';
    const change = this.#powerChanges;
    await down;
    await delay(downMs);
    if (change === this.#powerChanges) await this.switchOn();
  }

  /** Replaces all faults; requests that an earlier `hang` held are cut. */
  async setFaults(faults: readonly Fault[]): Promise<void> {
    this.faults.replace(faults);
    this.#rest.releaseHung();
    this.#ssh.releaseHung();
    await this.#settleDoor();
  }

  /** Puts a new certificate in place; connections are cut as on a device. */
  changeCertificate(certificate: RouterCertificate): void {
    const former = this.#certificate?.cert;
    for (const item of this.router.items('/certificate')) {
      if (item.values[CERT] !== former) continue;
      item.values = { ...item.values, ...ownValues(certificate.cert, certificate.key) };
    }
    this.router.webCertificate = certificate;
    this.#serve(certificate);
  }

  /** Shows clients the certificate that the service `www-ssl` names, once the reply to that has left. */
  #followService(): void {
    const service = this.router.items('/ip/service').find((item) => item.values['name'] === 'www-ssl');
    const row = this.router.find('/certificate', service?.values['certificate'] ?? '');
    const { [CERT]: cert, [KEY]: key } = row?.values ?? {};
    if (!this.#certificate || cert === undefined || key === undefined || cert === this.#certificate.cert) return;
    setImmediate(() => this.#serve(readCertificate(cert, key)));
  }

  #serve(certificate: RouterCertificate): void {
    this.#certificate = certificate;
    this.#door.changeCertificate(certificate);
  }

  /** Opens or shuts the port to match power and faults; one change at a time. */
  async #settleDoor(): Promise<void> {
    clearTimeout(this.#refusal);
    const settle = async (): Promise<void> => {
      const refusesInMs = this.faults.refusesInMs();
      if (this.#power !== 'on' || refusesInMs === 0) {
        await Promise.all([this.#door.shut(), this.#sshDoor.shut()]);
        return;
      }
      await Promise.all([this.#door.open(), this.#sshDoor.open()]);
      if (refusesInMs === undefined) return;
      this.#refusal = setTimeout(() => void this.#settleDoor().catch(warnOfUnforeseen), refusesInMs);
      this.#refusal.unref();
    };
    this.#doorWork = this.#doorWork.then(settle, settle);
    await this.#doorWork;
  }
}

function hostKeyType(router: Router): HostKeyType {
  return router.singleton('/ip/ssh')['host-key-type'] === 'rsa' ? 'rsa' : 'ed25519';
}
