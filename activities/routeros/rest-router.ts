import { AppError } from '../../shared/errors/app-error.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { redactRecord } from '../../shared/routeros/secret-fields.ts';
import { decodeReply } from './decode-reply.ts';
import type { RestReply } from './exchange.ts';
import { expectRecord, expectRows } from './expect-reply.ts';
import { pause } from './pause.ts';
import { failureOf, isWorthRepeating, refusalOf, type RequestFacts } from './refusals.ts';
import type { OutgoingRequest, RestLink } from './rest-link.ts';

/** What one caller may do to a router, and for how long it wants to wait. */
export interface RouterAccess {
  /** The menus the operation declared; any other is refused with UNSAFE_OPERATION. */
  paths: readonly string[];
  /** `read` refuses every write and masks secret fields. */
  effect: 'read' | 'write';
  /** Aborting gives up waiting: reads fail with its reason, a write that has left is still waited for. */
  signal?: AbortSignal;
}

/** The router port over REST (https://manual.mikrotik.com/docs/developer-guides/rest-api). */
export function createRestRouter(link: RestLink, access: RouterAccess): Router {
  const { signal, effect } = access;
  return {
    async get(menu) {
      refuseUndeclared(menu, access);
      const record = await read(link, menu, restPath(menu), expectRecord, signal);
      return effect === 'read' ? redactRecord(menu, record) : record;
    },
    async list(menu, { where = {}, fields } = {}) {
      refuseUndeclared(menu, access);
      const query = Object.entries(where).map(([key, value]) => [key, value] as const);
      // Some versions add `.id` to a projection, others do not.
      const projection = fields ? [['.proplist', [...new Set(['.id', ...fields])].join(',')] as const] : [];
      const rows = await read(link, menu, restPath(menu, [...projection, ...query]), expectRows, signal);
      return effect === 'read' ? rows.map((row) => redactRecord(menu, row)) : rows;
    },
    async set(menu, values) {
      refuseUndeclared(menu, access);
      if (effect !== 'write') {
        throw new AppError('UNSAFE_OPERATION', { message: `A read may not write ${menu}.` });
      }
      const facts: RequestFacts = { menu, effect: 'write' };
      const reply = await sendOnce(
        link,
        { method: 'POST', path: `${restPath(menu)}/set`, body: JSON.stringify(values) },
        facts,
        signal,
      );
      if (!isDone(reply)) {
        // The answer of another request: whether this one was carried out is not known.
        throw new AppError('OUTCOME_UNKNOWN', { details: { menu, httpStatus: reply.status } });
      }
    },
  };
}

function refuseUndeclared(menu: string, { paths }: RouterAccess): void {
  if (paths.includes(menu)) return;
  throw new AppError('UNSAFE_OPERATION', { message: `The operation did not declare that it touches ${menu}.` });
}

/** Repeats what may succeed when repeated, with growing pauses; a write never comes here. */
async function read<T>(
  link: RestLink,
  menu: string,
  path: string,
  expect: (body: unknown, menu: string) => T,
  signal?: AbortSignal,
): Promise<T> {
  const facts: RequestFacts = { menu, effect: 'read' };
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await link.send({ method: 'GET', path }, signal);
      if (!isSuccess(reply)) throw refusalOf(reply, facts);
      return expect(decodeBody(reply, menu), menu);
    } catch (error) {
      const backoffMs = link.limits.readBackoffMs[attempt];
      if (backoffMs === undefined || !isWorthRepeating(error, link.memory)) throw failureOf(error, facts);
      await pause(backoffMs, signal);
    }
  }
}

async function sendOnce(
  link: RestLink,
  request: OutgoingRequest,
  facts: RequestFacts,
  signal?: AbortSignal,
): Promise<RestReply> {
  let reply: RestReply;
  try {
    reply = await link.send(request, signal);
  } catch (error) {
    throw failureOf(error, facts);
  }
  if (!isSuccess(reply)) throw refusalOf(reply, facts);
  return reply;
}

function decodeBody({ bytes }: RestReply, menu: string): unknown {
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

const isSuccess = ({ status }: RestReply): boolean => status >= 200 && status < 300;

/** A `set` is answered with an empty list, or with nothing. */
function isDone({ bytes }: RestReply): boolean {
  return /^\s*(\[\s*\])?\s*$/.test(bytes.toString('latin1', 0, 64));
}

/** `*` of ids stays literal, because RouterOS does not decode it; spaces become `%20`. */
function restPath(menu: string, query: readonly (readonly [string, string])[] = []): string {
  const text = query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return `/rest${menu}${text === '' ? '' : `?${text}`}`;
}
