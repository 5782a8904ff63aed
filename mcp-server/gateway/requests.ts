import { GATEWAY_SIGNALS } from '../../shared/contract/plan-messages.ts';
import { PlanId } from '../../shared/domain/ids.ts';

export type GatewaySignal = (typeof GATEWAY_SIGNALS)[number];

/** What a request for the Temporal UI wants, as far as the gateway cares. */
export type RequestKind =
  | { kind: 'browse' }
  | { kind: 'query' }
  /** What the UI asks of a codec server. */
  | { kind: 'codec'; wanted: 'decode' | 'encode' }
  | { kind: 'signal'; planId: string; signal: GatewaySignal }
  /** `wanted` names the refused action for people. */
  | { kind: 'refused'; wanted: string };

/** Without what some servers take for a separator. */
const SEGMENT = '[A-Za-z0-9._~%@!$&()*+,=-]+';

/**
 * Decides by method and raw path, before anything is decoded: what the path means to the server behind must be exactly
 * what was looked at here. Writes are the listed signals to `plan/<planId>` and nothing else; queries read, although they
 * are POSTs.
 */
export function kindOfRequest(method: string, url: string, namespace: string): RequestKind {
  if (method === 'GET' || method === 'HEAD') return { kind: 'browse' };
  const [path = ''] = url.split('?');
  const codec = /^\/codec\/(decode|encode)$/.exec(path)?.[1];
  if (method === 'POST' && codec !== undefined) return { kind: 'codec', wanted: codec as 'decode' | 'encode' };
  const base = `/api/v1/namespaces/${namespace.replaceAll('.', String.raw`\.`)}/workflows`;
  if (method === 'POST' && new RegExp(`^${base}/${SEGMENT}/query/[A-Za-z0-9_]+$`).test(path)) {
    return { kind: 'query' };
  }
  const signal = new RegExp(`^${base}/plan(?:%2[Ff]|/)([^/]+)/signal/([^/]+)$`).exec(path);
  if (method === 'POST' && signal) {
    const [, planId = '', name = ''] = signal;
    if (isGatewaySignal(name) && PlanId.safeParse(planId).success) return { kind: 'signal', planId, signal: name };
  }
  return { kind: 'refused', wanted: wantedBy(method, path) };
}

export function isGatewaySignal(name: string): name is GatewaySignal {
  return (GATEWAY_SIGNALS as readonly string[]).includes(name);
}

function wantedBy(method: string, path: string): string {
  const named = /\/(signal|update|terminate|cancel|reset|pause|unpause)(?:\/([A-Za-z0-9_.-]{1,60}))?$/.exec(path);
  if (named) return named[2] === undefined ? `"${named[1]}"` : `the ${named[1]} "${named[2]}"`;
  return `${method.slice(0, 10)} on this address`;
}
