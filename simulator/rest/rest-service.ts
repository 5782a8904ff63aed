import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../engine/definition.ts';
import { RouterError, sessionClosed } from '../engine/router-error.ts';
import type { Fault, FaultPlan } from '../router/fault.ts';
import type { Router } from '../router/router.ts';
import { containsAddress, parseIpv4, parsePrefix } from '../values/ip-address.ts';
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

  constructor(options: RestServiceOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
      address: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
      credentials: readCredentials(request.headers.authorization),
      response,
      answered,
    };
    if (!arrived.url.startsWith('/rest')) return this.#greet(arrived);
    await this.#gate.run(`${arrived.credentials?.user ?? ''}@${arrived.address}`, () => this.#serve(arrived));
  }

  /** Cuts the connections of requests that a `hang` fault holds. */
  releaseHung(): void {
    for (const response of this.#hung) response.destroy();
    this.#hung.clear();
  }

  #greet({ url, response, answered }: Arrived): void {
    answered();
    const status = url === '/' ? 200 : 404;
    const page = status === 200 ? '<!doctype html><title>RouterOS</title>' : '';
    response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': page.length });
    response.end(page);
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
    if (powerChanges() !== powerAtStart) return;
    if (fault && (await this.#strikeBefore(fault, arrived))) return;
    const reply = waitMs >= sessionLimitMs ? refusalToWire(sessionClosed()) : await this.#answer(arrived);
    if (reply === 'cut' || fault?.kind === 'drop_reply') {
      arrived.response.destroy();
      return;
    }
    arrived.answered();
    if (fault?.kind === 'slow_body') sendSlowly(arrived.response, reply, fault.latencyMs ?? DEFAULT_FAULT_MS);
    else send(arrived.response, fault?.kind === 'wrong_body' ? wrongBody(reply, fault) : reply);
  }

  /** Does what a fault does instead of handling the request; false when the request is to be handled. */
  async #strikeBefore(fault: Fault, { response, answered }: Arrived): Promise<boolean> {
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
        answered();
        send(response, UNAUTHORIZED);
        return true;
      case 'error':
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
      throw error;
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
    return { signal: controller.signal, end: () => clearTimeout(timer) };
  }
}

type Arrived = {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  readonly address: string;
  readonly credentials: Credentials | undefined;
  readonly response: ServerResponse;
  readonly answered: () => void;
};

const UNAUTHORIZED: WireAnswer = refusalToWire({ status: 401, detail: undefined });
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;
const DEFAULT_FAULT_MS = 1000;
/** What a failed login costs on a device. */
const LOGIN_FAILURE_MS = 120;

function wrongBody({ status, text }: WireAnswer, fault: Fault): WireAnswer {
  if (fault.detail !== undefined) return { status, text: fault.detail };
  return { status, text: text.startsWith('[') ? '{"name":"MikroTik"}' : '[]' };
}

/** Is the source address within the user's `address` list (empty: everywhere)? */
function mayComeFrom(router: Router, user: string, address: string): boolean {
  const allowed = router.items('/user').find((item) => item.values['name'] === user)?.values['address'] ?? '';
  const source = parseIpv4(address);
  if (allowed === '' || source === undefined) return allowed === '';
  return allowed.split(',').some((text) => {
    const prefix = parsePrefix(text);
    return prefix !== undefined && containsAddress(prefix, source);
  });
}

/** Only a plain socket can be reset; below TLS the cut has to do. */
function reset(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}
