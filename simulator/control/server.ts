import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CertificateStore } from '../certificate-store.ts';
import { RouterError } from '../engine/router-error.ts';
import { readBody } from '../rest/read-body.ts';
import type { SimulatedRouter } from '../simulated-router.ts';
import { ControlError } from './control-error.ts';
import { DEVICE_ROUTES, summary } from './routes.ts';

export type Control = { readonly url: string; stop(): Promise<void> };

export type ControlOptions = {
  readonly routers: readonly SimulatedRouter[];
  /** Loopback address to listen on. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly store: CertificateStore;
};

/** Starts the control API of a fleet. Rejects with the system's error when the port is taken. */
export async function startControl({ routers, host, port, store }: ControlOptions): Promise<Control> {
  const devices = new Map(routers.map((router) => [router.name, router]));
  // A test may pause for longer than Node keeps idle connections by itself; one that is cut at that moment fails.
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer(settings, (request, response) => void respond(request, response, devices, store));
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actualPort}`,
    stop: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** How long an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 120_000;

type Devices = ReadonlyMap<string, SimulatedRouter>;

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  devices: Devices,
  store: CertificateStore,
): Promise<void> {
  try {
    sendJson(response, 200, await route(request, devices, store));
  } catch (error) {
    const refusal = toRefusal(error);
    sendJson(response, refusal.status, { code: refusal.code, message: refusal.message });
  }
}

async function route(request: IncomingMessage, devices: Devices, store: CertificateStore): Promise<unknown> {
  const method = request.method ?? 'GET';
  const [collection, name, action = '', ...rest] = (request.url ?? '/').split('?')[0]?.split('/').slice(1) ?? [];
  if (collection !== 'devices' || rest.length > 0) throw unknownRoute(request);
  if (name === undefined || name === '') {
    if (method !== 'GET') throw unknownRoute(request);
    return { devices: [...devices.values()].map(summary) };
  }
  const device = devices.get(decoded(name));
  if (!device) throw new ControlError(404, 'DEVICE_UNKNOWN', `There is no device named ${name}.`);
  const found = DEVICE_ROUTES.find((candidate) => candidate.method === method && candidate.action === action);
  if (!found) throw unknownRoute(request);
  return await found.run(device, await readJson(request), store);
}

/** A name with a broken escape is nobody's. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, LARGEST_BODY_BYTES);
  if (body === undefined) throw new ControlError(413, 'BODY_TOO_LARGE', 'The body is larger than 1 MiB.');
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ControlError(400, 'BODY_INVALID', 'The body is not JSON.');
    throw error;
  }
}

const LARGEST_BODY_BYTES = 1024 * 1024;

function unknownRoute({ method, url }: IncomingMessage): ControlError {
  return new ControlError(404, 'ROUTE_UNKNOWN', `There is nothing at ${method} ${url}.`);
}

/** What a hand edit may be refused with reads as the device words it; anything unforeseen is a fault of the simulator. */
function toRefusal(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof RouterError) {
    return new ControlError(error.status, 'ROUTER_REFUSED', error.detail ?? 'no such item');
  }
  return new ControlError(500, 'SIMULATOR_FAULT', error instanceof Error ? error.message : String(error));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
