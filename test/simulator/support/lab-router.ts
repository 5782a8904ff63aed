import { Agent, request } from 'undici';
import { onTestFinished } from 'vitest';
import { type FleetOptions, startFleet } from '../../../simulator/fleet.ts';
import type { SimulatedRouter } from '../../../simulator/simulated-router.ts';

/** What came back: `body` is the parsed JSON, or the bare text when it is none. */
export type Reply = { readonly status: number; readonly body: unknown; readonly headers: Record<string, unknown> };

/** One simulated router with a client of its own on one kept-alive connection. */
export type LabRouter = {
  readonly device: SimulatedRouter;
  readonly url: string;
  readonly controlUrl: string;
  readonly send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (path: string, body?: unknown) => Promise<Reply>;
  readonly put: (path: string, body: unknown) => Promise<Reply>;
  readonly patch: (path: string, body: unknown) => Promise<Reply>;
  readonly remove: (path: string) => Promise<Reply>;
  /** The same router for another user, on a connection of its own. */
  readonly as: (user: string, password: string) => Pick<LabRouter, 'send' | 'get' | 'post'>;
  readonly control: (method: string, path: string, body?: unknown) => Promise<Reply>;
};

/** Starts a fleet of one router (plain HTTP unless asked) that is stopped when the test is over. */
export async function startLabRouter(options: Partial<FleetOptions> = {}): Promise<LabRouter> {
  const fleet = await startFleet({ routers: 1, http: true, user: 'convoy', password: 'secret', ...options });
  onTestFinished(() => fleet.stop());
  const [device] = fleet.routers;
  if (!device) throw new Error('the fleet has no router');
  const url = `${device.fingerprint === undefined ? 'http' : 'https'}://127.0.0.1:${device.restPort}`;
  const own = client(url, 'convoy', 'secret');
  return {
    device,
    url,
    controlUrl: fleet.controlUrl,
    ...own,
    put: (path, body) => own.send('PUT', path, body),
    patch: (path, body) => own.send('PATCH', path, body),
    remove: (path) => own.send('DELETE', path),
    as: (user, password) => client(url, user, password),
    control: async (method, path, body) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const reply = await request(`${fleet.controlUrl}${path}`, { method, body: text });
      return read(reply);
    },
  };
}

/** The rows of a list reply. */
export function rows(reply: Reply): Record<string, string>[] {
  if (!Array.isArray(reply.body)) throw new Error(`expected rows, got ${JSON.stringify(reply.body)}`);
  return reply.body as Record<string, string>[];
}

/** The one row of a reply. */
export function row(reply: Reply): Record<string, string> {
  return reply.body as Record<string, string>;
}

/** Waits until `holds` is true, looking again at every turn of the event loop's timers. */
export async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const giveUp = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error(`not so within ${timeoutMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

function client(url: string, user: string, password: string): Pick<LabRouter, 'send' | 'get' | 'post'> {
  const agent = new Agent({ connections: 1, connect: { rejectUnauthorized: false } });
  onTestFinished(() => agent.destroy());
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const send: LabRouter['send'] = async (method, path, body, headers = {}) => {
    const reply = await request(`${url}/rest${path}`, {
      method: method as 'GET',
      dispatcher: agent,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    return read(reply);
  };
  return { send, get: (path) => send('GET', path), post: (path, body = {}) => send('POST', path, body) };
}

async function read(reply: Awaited<ReturnType<typeof request>>): Promise<Reply> {
  const text = await reply.body.text();
  const isJson = /^[[{"]/.test(text);
  return { status: reply.statusCode, body: isJson ? JSON.parse(text) : text, headers: reply.headers };
}
