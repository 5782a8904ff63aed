import { createCatalogue } from '../../../mcp-server/call/catalogue.ts';
import { routesOf } from '../../../mcp-server/http/routes.ts';
import { declaredActions } from '../../../scripts/reference/declared-actions.ts';
import { OPERATIONS } from '../../../shared/operations/index.ts';
import { postModern, type ToolAnswer } from '../../mcp-server/support/mcp-calls.ts';
import type { TestFrontEnd } from '../../mcp-server/support/start-front-end.ts';
import type { Door } from './rights.ts';

/** Every action that is declared, of every phase. */
export const ACTIONS = createCatalogue(declaredActions(), 5).actions;

const ROUTES = new Map(routesOf(createCatalogue(ACTIONS, 5)).map((route) => [route.action.name, route]));

export interface Answer {
  /** `ok`, or the code of the refusal. */
  code: string;
  /** All that was answered, without what differs from call to call. */
  text: string;
}

export interface Knock {
  door: Door;
  /** Null: none. */
  token: string | null;
  action: string;
  args: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** One call through the front door. */
export async function knock(front: TestFrontEnd, { door, token, action, args, headers = {} }: Knock): Promise<Answer> {
  return door === 'mcp' ? knockMcp(front, token, action, args) : knockHttp(front, { token, action, args, headers });
}

async function knockMcp(
  front: TestFrontEnd,
  token: string | null,
  name: string,
  args: Record<string, unknown>,
): Promise<Answer> {
  const message = { method: 'tools/call', params: { name, arguments: args } };
  const response = await postModern(front, token, message);
  const body = (await response.json()) as { code?: string; error?: unknown; result?: ToolAnswer };
  const text = textOf(body);
  if (response.status === 401 || response.status === 403) return { code: String(body.code), text };
  if (body.result === undefined) return { code: 'NOT_FOUND', text };
  return { code: body.result.isError === true ? String(body.result.structuredContent?.['code']) : 'ok', text };
}

async function knockHttp(
  front: TestFrontEnd,
  {
    token,
    action,
    args,
    headers,
  }: { token: string | null; action: string; args: Record<string, unknown>; headers: Record<string, string> },
): Promise<Answer> {
  const route = ROUTES.get(action);
  if (route === undefined) return { code: 'NOT_FOUND', text: '' };
  const left = { ...args };
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = left[name] ?? 'nothing';
    delete left[name];
    return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value));
  });
  const query = new URLSearchParams(
    Object.entries(left).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)])),
  );
  const isGet = route.method === 'GET';
  const response = await fetch(`${front.apiUrl}${path}${isGet && query.size > 0 ? `?${query.toString()}` : ''}`, {
    method: route.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(isGet ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(isGet ? {} : { body: JSON.stringify(left) }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { code: response.ok ? 'ok' : String(body['code']), text: textOf(body) };
}

/** Arguments that are good for the action, apart from what it is about. */
export function goodArguments(name: string): Record<string, unknown> {
  const operation = OPERATIONS.find((one) => one.name === name);
  return operation === undefined ? (OTHER_ARGUMENTS[name] ?? {}) : { ...operation.example };
}

const OTHER_ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  bandwidth_test: { targetDeviceId: 'peer-01' },
  update_device: { lane: { maxInFlight: 1 } },
  rotate_device_credentials: { username: 'convoy', password: 'a password of a test' },
  plan_dns_ntp: { dnsServers: ['9.9.9.9'] },
  plan_identity: { template: '{name}' },
  plan_dns_static: { records: [{ name: 'files.lan', type: 'A', value: '192.0.2.10' }] },
  plan_address_list_sync: { list: 'blocked', entries: [{ address: '192.0.2.7' }], mode: 'add_only' },
  plan_firewall_filter: {
    changes: [{ op: 'remove', chain: 'forward', rule: { ruleId: 'old' } }],
  },
  plan_static_routes: { routes: [{ destination: '198.51.100.0/24', gateway: '192.0.2.1' }] },
  plan_interface_settings: { interfaces: [{ name: 'ether5', comment: 'spare' }] },
  plan_ip_addresses: { addresses: [{ address: '198.51.100.1/24', interface: 'bridge' }] },
  plan_dhcp_service: { pools: [{ name: 'guests', ranges: ['198.51.100.10-198.51.100.99'] }] },
  plan_dhcp_leases: { leases: [{ macAddress: '00:1B:21:0A:0B:0C', address: '192.168.88.9' }] },
  plan_logging: { rules: [{ topics: ['error'], action: 'memory' }] },
  plan_snmp: { location: 'rack 3' },
  skip_devices: { deviceIds: ['lab-01'] },
  plan_bridge_vlans: { vlans: [{ bridge: 'bridge', vlanIds: '20', tagged: ['ether5'] }] },
  plan_wireless: { interfaces: [{ name: 'wifi1', ssid: 'office' }] },
  acknowledge_drift: {
    driftIds: ['drf_01M85XEKJ8RPDVVYVA0F3WHW0J'],
    reason: 'a test of ours',
    until: new Date(Date.now() + 86_400_000).toISOString(),
  },
  plan_composite: {
    changes: [
      { kind: 'dns_ntp', input: { dnsServers: ['9.9.9.9'] } },
      { kind: 'logging', input: { rules: [{ topics: ['error'], action: 'memory' }] } },
    ],
  },
};

/** Runs the questions, some at a time, and answers in their order. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
  atOnce = 12,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...items.entries()];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await ask(next[1]);
    }),
  );
  return results;
}

function textOf(answer: unknown): string {
  return JSON.stringify(answer).replaceAll(/\\?"correlationId\\?":\\?"[^"\\]*\\?"/g, '"correlationId"');
}
