import type { RouterValues } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { toRequiredNumber } from '../../shared/routeros/values.ts';
import { decodeReply } from './decode-reply.ts';
import type { RestReply } from './exchange.ts';
import { expectRecord, expectRows, toRecord } from './expect-reply.ts';
import { pause } from './pause.ts';
import { failureOf, isWorthRepeating, refusalOf, type RequestFacts } from './refusals.ts';
import type { OutgoingRequest, RestLink } from './rest-link.ts';
import { listPath, restPath } from './rest-path.ts';

/** Reads a menu, by its path or by another request that changes nothing; what may succeed when repeated is repeated, with growing pauses. A write never comes here. */
export async function readMenu<T>(
  link: RestLink,
  menu: string,
  asked: string | OutgoingRequest,
  expect: (body: unknown, menu: string) => T,
  signal?: AbortSignal,
): Promise<T> {
  const facts: RequestFacts = { menu, effect: 'read' };
  const request = typeof asked === 'string' ? ({ method: 'GET', path: asked } as const) : asked;
  let before: unknown;
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await link.send(request, signal);
      if (!isSuccess(reply)) throw refusalOf(reply, facts);
      return expect(decodeBody(reply, menu), menu);
    } catch (error) {
      // The failure that opened the breaker says more than that it is open now.
      if (before !== undefined && isCoolingDown(error)) throw failureOf(before, facts);
      before = error;
      const backoffMs = link.limits.readBackoffMs[attempt];
      if (backoffMs === undefined || !isWorthRepeating(error, link.memory)) throw failureOf(error, facts);
      await pause(withJitter(backoffMs), signal);
    }
  }
}

/**
 * Rows of a list menu of which the absence of a row may be believed. A router that has just started answers lists with
 * nothing before it answers them; it is awake when it can say its version and uptime.
 */
export async function readRows(
  link: RestLink,
  menu: string,
  fields: readonly string[] | undefined,
  signal?: AbortSignal,
  only: RouterValues = {},
): Promise<RouterRecord[]> {
  const path = listPath(menu, fields, only);
  if (link.isProven) return readMenu(link, menu, path, expectRows, signal);
  await readMenu(link, RESOURCE, restPath(RESOURCE), expectRecord, signal);
  link.isProven = true;
  return readMenu(link, menu, path, expectRows, signal);
}

/** How many rows hold these values, counted by the router. */
export async function countRows(
  link: RestLink,
  menu: string,
  only: RouterValues,
  signal?: AbortSignal,
): Promise<number> {
  const query = Object.entries(only).map(([field, value]) => `${field}=${value}`);
  const body = JSON.stringify({ 'count-only': '', ...(query.length === 0 ? {} : { '.query': query }) });
  const request = { method: 'POST', path: restPath(menu, 'print'), body, effect: 'read' } as const;
  return readMenu(link, menu, request, (reply) => toRequiredNumber(toRecord(reply, menu)['ret']), signal);
}

/** What a router that is awake can answer. */
export const RESOURCE = '/system/resource';

function isCoolingDown(error: unknown): boolean {
  return error instanceof AppError && error.code === 'DEVICE_COOLING_DOWN';
}

export const isSuccess = ({ status }: RestReply): boolean => status >= 200 && status < 300;

/** The reply's JSON; DEVICE_REPLY_INVALID when it is none. */
export function decodeBody({ bytes }: RestReply, menu: string): unknown {
  try {
    return decodeReply(bytes);
  } catch (error) {
    throw new AppError('DEVICE_REPLY_INVALID', {
      message: `The device's answer for ${menu} is not JSON.`,
      details: { menu },
      cause: error,
    });
  }
}

/** Up to a quarter longer, so that devices that failed together are not asked together again. */
function withJitter(backoffMs: number): number {
  return backoffMs * (1 + 0.25 * Math.random());
}
