import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../engine/definition.ts';
import { RouterError, sessionClosed } from '../engine/router-error.ts';
import type { GatedConnection } from '../network/management-gate.ts';
import { mayComeFrom } from '../router/allowed-sources.ts';
import type { Fault, FaultPlan } from '../router/fault.ts';
import type { Router } from '../router/router.ts';
import { warnOfUnforeseen } from '../router/unforeseen.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import { readBody } from './read-body.ts';
import { SerialGate } from './serial-gate.ts';
import { answer } from './verbs.ts';
import { refusalToWire, send, sendSlowly, toWire, type WireAnswer } from './write-answer.ts';

export type RestServiceOptions = {
  readonly router: Router;
  readonly faults: FaultPlan;
  /** Time the device takes for every request, in milliseconds. */
  readonly latencyMs: () => number;
  /** After this long a request is answered `Session closed`, in milliseconds. */
  readonly sessionLimitMs: number;
  /** Changes whenever the router is switched off or on: a request from before that is lost. */
  readonly powerChanges: () => number;
  /** A `reboot` fault struck: be away for that many milliseconds. */
  readonly onReboot: (downMs: number) => void;
};

/** Answers HTTP requests as a router's REST service does, faults included. */
export class RestService {
  readonly #options: RestServiceOptions;
  readonly #gate = new SerialGate();
  readonly #hung = new Set<ServerResponse>();
  readonly #running = new Set<AbortController>();
  #outage = Promise.withResolvers<void>();

  constructor(options: RestServiceOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, connection: GatedConnection): Promise<void> {
    const length = REQUEST_HEAD_BYTES + Number(request.headers['content-length'] ?? 0);
    if (!(await connection.arrived(length))) return;
    const answered = this.#options.router.journal.requestArrived();
    response.once('close', answered);
    const body = await readBody(request, LARGEST_BODY_BYTES);
    if (body === undefined) {
      response.destroy();
      return;
    }
    const arrived: Arrived = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      body,
      address: connection.source,
      mayLeave: (reply) => connection.mayLeave(REPLY_HEAD_BYTES + Buffer.byteLength(reply)),
      isSecure: request.socket instanceof TLSSocket,
      credentials: readCredentials(request.headers.authorization),
      response,
      answered,
    };
    if (!/^\/rest(?=[/?]|$)/.test(arrived.url) || !this.#offers('rest', arrived)) return await this.#greet(arrived);
    await this.#gate.run(`${arrived.credentials?.user ?? ''}@${arrived.address}`, () => this.#serve(arrived));
  }

  /** The power went: commands that run end, and nobody waits for his turn any more. */
  powerLost(): void {
    for (const controller of this.#running) controller.abort(sessionClosed());
    this.#outage.resolve();
    this.#outage = Promise.withResolvers<void>();
  }

  /** Cuts the connections of requests that a `hang` fault holds. */
  releaseHung(): void {
    for (const response of this.#hung) response.destroy();
    this.#hung.clear();
  }

  async #greet(arrived: Arrived): Promise<void> {
    const { url, response, answered, mayLeave } = arrived;
    const status = url === '/' && this.#offers('index', arrived) ? 200 : NOTHING_THERE;
    const page = status === 200 ? '<!doctype html><title>RouterOS</title>' : '';
    if (!(await mayLeave(page))) return;
    answered();
    response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': page.length });
    response.end(page);
  }

  /** Is a part of the web server on? Versions without the setting have all of it on. */
  #offers(part: 'rest' | 'index', { isSecure }: Arrived): boolean {
    const settings = this.#options.router.singleton('/ip/service/webserver');
    return settings[`${part}-${isSecure ? 'secure' : 'plain'}`] !== 'false';
  }

  async #serve(arrived: Arrived): Promise<void> {
    // A client that left while it waited for its turn is not served.
    if (arrived.response.destroyed) return;
    const { faults, latencyMs, powerChanges, sessionLimitMs } = this.#options;
    const powerAtStart = powerChanges();
    const path = (arrived.url.split('?')[0] ?? '').slice('/rest'.length);
    const { delayMs, fault } = faults.takeForRequest(arrived.method, path);
    const waitMs = latencyMs() + delayMs;
    if (waitMs > 0) await delay(Math.min(waitMs, sessionLimitMs));
    const { held } = this.#options.router;
    if (held) await Promise.race([held, this.#outage.promise, delay(sessionLimitMs, undefined, { ref: false })]);
    if (powerChanges() !== powerAtStart) {
      arrived.response.destroy();
      return;
    }
    if (fault && (await this.#strikeBefore(fault, arrived))) return;
    const isTooLate = waitMs >= sessionLimitMs || (held !== undefined && held === this.#options.router.held);
    const reply = isTooLate ? refusalToWire(sessionClosed()) : await this.#answer(arrived);
    if (reply === 'cut' || fault?.kind === 'drop_reply') {
      arrived.response.destroy();
      return;
    }
    if (!(await arrived.mayLeave(reply.text ?? ''))) return;
    arrived.answered();
    if (fault?.kind === 'slow_body') sendSlowly(arrived.response, reply, fault.latencyMs ?? DEFAULT_FAULT_MS);
    else send(arrived.response, fault?.kind === 'wrong_body' ? wrongBody(reply, fault) : reply);
  }

  /** Does what a fault does instead of handling the request; false when the request is to be handled. */
  async #strikeBefore(fault: Fault, { response, answered, mayLeave }: Arrived): Promise<boolean> {
    switch (fault.kind) {
      case 'hang': {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#hung.add(response);
        response.once('close', resolve);
        if (response.destroyed) resolve();
        await promise;
        this.#hung.delete(response);
        return true;
      }
      case 'refuse':
        reset(response.socket);
        return true;
      case 'close':
        response.destroy();
        return true;
      case 'reboot':
        response.destroy();
        this.#options.onReboot(fault.latencyMs ?? DEFAULT_FAULT_MS);
        return true;
      case 'auth':
        if (!(await mayLeave(''))) return true;
        answered();
        send(response, UNAUTHORIZED);
        return true;
      case 'error':
        if (!(await mayLeave(''))) return true;
        answered();
        send(response, refusalToWire({ status: fault.status ?? 500, detail: fault.detail }));
        return true;
      default:
        return false;
    }
  }

  /** The true answer; `cut` when the device closes the connection without a word. */
  async #answer({ method, url, body, address, credentials }: Arrived): Promise<WireAnswer | 'cut'> {
    const { router } = this.#options;
    const policies = credentials && router.authenticate(credentials.user, credentials.password);
    if (!credentials || !policies?.has('rest-api')) {
      if (credentials) {
        router.log('system,error,critical', `login failure for user ${credentials.user} from ${address} via rest-api`);
        await delay(LOGIN_FAILURE_MS);
      }
      return UNAUTHORIZED;
    }
    if (!mayComeFrom(router, credentials.user, address)) return 'cut';
    router.openSession(credentials.user, address, 'rest-api');
    const caller: Caller = { user: credentials.user, policies, transport: 'rest', address };
    const limit = this.#startLimit(method);
    try {
      const reply = answer(router, { method, url, body, caller, signal: limit.signal });
      return toWire(await reply);
    } catch (error) {
      if (error instanceof RouterError) return refusalToWire(error);
      warnOfUnforeseen(error);
      return refusalToWire({ status: 500, detail: 'simulator fault' });
    } finally {
      limit.end();
    }
  }

  /** Only commands can last; the other verbs end at once. */
  #startLimit(method: string): { signal: AbortSignal; end: () => void } {
    const controller = new AbortController();
    if (method !== 'POST') return { signal: controller.signal, end: () => undefined };
    const timer = setTimeout(() => controller.abort(sessionClosed()), this.#options.sessionLimitMs);
    timer.unref();
    this.#running.add(controller);
    const end = (): void => {
      clearTimeout(timer);
      this.#running.delete(controller);
    };
    return { signal: controller.signal, end };
  }
}

type Arrived = {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  /** As the router sees it. */
  readonly address: string;
  /** False when the connection is gone before a reply can reach the client. */
  readonly mayLeave: (reply: string) => boolean | Promise<boolean>;
  readonly isSecure: boolean;
  readonly credentials: Credentials | undefined;
  readonly response: ServerResponse;
  readonly answered: () => void;
};

const UNAUTHORIZED: WireAnswer = refusalToWire({ status: 401, detail: undefined });
/** Status of paths that the web server does not serve; for REST switched off by `/ip/service/webserver` not measured. */
const NOTHING_THERE = 404;
/** About what the heads of requests and replies take. */
const REQUEST_HEAD_BYTES = 320;
const REPLY_HEAD_BYTES = 290;
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;
const DEFAULT_FAULT_MS = 1000;
/** What a failed login costs on a device. */
const LOGIN_FAILURE_MS = 120;

function wrongBody({ status, text }: WireAnswer, fault: Fault): WireAnswer {
  if (fault.detail !== undefined) return { status, text: fault.detail };
  return { status, text: text.startsWith('[') ? '{"name":"MikroTik"}' : '[]' };
}

/** Only a plain socket can be reset; below TLS the cut has to do. */
function reset(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
