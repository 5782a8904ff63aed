import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SETTLED_PLAN_STATUSES } from '../../shared/domain/plan.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { Caller } from '../call/answer-call.ts';
import { redactOutput } from '../call/redact-output.ts';
import type { ChangeWatch } from '../mcp/change-watch.ts';
import { PlanShape } from '../plans/plan-shape.ts';
import type { PlanViews } from '../plans/plan-view.ts';
import { newsOf, toldOf, type ToldPlan } from './plan-news.ts';
import { HttpRefusal } from './problem.ts';
import type { StreamLimits } from './stream-limits.ts';
import type { WebContext } from './web-state.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface PlanEventsDeps {
  caller: Pick<Caller, 'answer' | 'permit'>;
  watch: ChangeWatch;
  streams: StreamLimits;
  views: Pick<PlanViews, 'whole'>;
  /** Aborted when the process is about to end: clients listen again elsewhere. */
  draining: AbortSignal;
  /** Time between two comments, which proxies count as traffic, milliseconds. Default 15 000. */
  heartbeatMs?: number;
}

export interface Listener {
  principal: Principal;
  planId: string;
  /** When the token expires, seconds since 1970. */
  expiresAtSeconds: number;
  /** Fails when the listener's token is not good any more. */
  stillGood: () => Promise<unknown>;
}

export type ServePlanEvents = (ctx: WebContext, listener: Listener) => Promise<void>;

/** Why a stream ends; a client that wants more of the plan listens again, unless it is `settled` or `not_visible`. */
export const END_REASONS = ['settled', 'token_expired', 'draining', 'not_visible', 'unavailable'] as const;
type EndReason = (typeof END_REASONS)[number];

/** How long a client waits before it connects anew, milliseconds. */
const RECONNECT_MS = 3_000;

/**
 * Server-sent events of one plan: `plan` with the whole plan at once and whenever it has changed, `end` with the reason as
 * the last one. With `?devices=changed` what follows the first `plan` is `progress`: what is new, which of a plan of a
 * thousand devices is little. The id of an event is the plan's revision: a client that comes back with the present one gets what is newer
 * only, and of a settled plan nothing (204, by which browsers stop asking). Whether the plan may be seen is asked again with
 * everything that is sent.
 */
export function createPlanEvents(deps: PlanEventsDeps): ServePlanEvents {
  const { caller, streams, draining } = deps;
  return async function serve(ctx, { principal, planId, expiresAtSeconds, stillGood }) {
    if (ctx.accepts('text/event-stream') === false) {
      throw new HttpRefusal(406, 'Answers are text/event-stream; the Accept header allows none of it.');
    }
    const asked = {
      name: 'get_plan',
      arguments: { planId },
      surface: 'http',
      principal,
      correlationId: ctx.state.correlationId,
      signal: draining,
    } as const;
    // Opening a stream is a call like any other; looking again while it is open is none.
    await caller.answer(asked);
    const look = async (): Promise<StoredPlan> => {
      const target = await caller.permit(asked);
      if (target.on === 'plan') return target.plan;
      throw new AppError('PLAN_NOT_FOUND');
    };
    const tellsNews = devicesAsked(ctx) === 'changed';
    const plan = await look();
    const known = lastEventId(ctx);
    if (isSettled(plan) && known === plan.revision) {
      ctx.status = 204;
      return;
    }
    ctx.status = 200;
    ctx.set({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    if (ctx.method === 'HEAD') return;
    if (draining.aborted) throw new AppError('SERVICE_UNAVAILABLE', { message: 'This process is about to end.' });
    const { sub } = principal;
    const end = await streams.take({ sub, response: ctx.res, expiresAtSeconds, stillGood });
    const over = AbortSignal.any([end, draining]);
    ctx.respond = false;
    ctx.flushHeaders();
    await send(ctx, `retry: ${RECONNECT_MS}\n\n`, over);
    const { reason, revision } = await tell(deps, { ctx, planId, look, known, tellsNews, over, expiresAtSeconds });
    if (!ctx.res.destroyed) ctx.res.end(event('end', revision, { reason }));
  };
}

interface Telling {
  ctx: WebContext;
  planId: string;
  look: () => Promise<StoredPlan>;
  /** Revision the client has already. */
  known: number | null;
  /** Whether what follows the whole plan is only what is new. */
  tellsNews: boolean;
  over: AbortSignal;
  expiresAtSeconds: number;
}

async function tell(
  { watch, views, draining, heartbeatMs = 15_000 }: PlanEventsDeps,
  { ctx, planId, look, known, tellsNews, over, expiresAtSeconds }: Telling,
): Promise<{ reason: EndReason; revision: number | null }> {
  let revision = known;
  let told: ToldPlan | null = null;
  let changed = Promise.withResolvers<void>();
  const stop = await watch.watch({ on: 'plan', id: planId }, () => changed.resolve());
  try {
    while (!over.aborted) {
      // Before the look: a change that comes meanwhile is looked for once more.
      changed = Promise.withResolvers();
      const plan = await look();
      if (plan.revision !== revision) {
        revision = plan.revision;
        const shown = PlanShape.parse(views.whole(plan));
        const news = told === null ? null : newsOf(told, shown);
        const [name, data] = news === null ? (['plan', shown] as const) : (['progress', news] as const);
        await send(ctx, event(name, revision, redactOutput(data)), over);
        if (tellsNews) told = toldOf(shown);
      }
      if (isSettled(plan)) return { reason: 'settled', revision };
      if (await isQuiet(changed.promise, heartbeatMs, over)) await send(ctx, ': nothing new\n\n', over);
    }
    if (draining.aborted) return { reason: 'draining', revision };
    return { reason: currentMs() >= expiresAtSeconds * 1000 ? 'token_expired' : 'unavailable', revision };
  } catch (error) {
    // The head is written already, so that a refusal can only be the end.
    return { reason: error instanceof AppError && error.status < 500 ? 'not_visible' : 'unavailable', revision };
  } finally {
    stop();
  }
}

/** Whether nothing happened for so long. */
async function isQuiet(changed: Promise<void>, forMs: number, over: AbortSignal): Promise<boolean> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([over, stopped.signal]);
  try {
    const quiet = sleep(forMs, true, { signal }).catch(() => false);
    return await Promise.race([quiet, changed.then(() => false)]);
  } finally {
    stopped.abort();
  }
}

/** Waits until the client has taken what was written: what changes meanwhile becomes one event. */
async function send({ res }: WebContext, text: string, over: AbortSignal): Promise<void> {
  if (over.aborted || res.write(text)) return;
  await once(res, 'drain', { signal: over }).catch(() => {
    // The stream is over, or the client is gone.
  });
}

function devicesAsked(ctx: WebContext): 'all' | 'changed' {
  const given = ctx.query['devices'] ?? 'all';
  if (given === 'all' || given === 'changed') return given;
  throw new AppError('VALIDATION_ERROR', { message: `devices is ${JSON.stringify(given)}; it may be all or changed.` });
}

function event(name: 'plan' | 'progress' | 'end', revision: number | null, data: unknown): string {
  const id = revision === null ? '' : `id: ${revision}\n`;
  return `event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`;
}

function lastEventId(ctx: WebContext): number | null {
  const given = ctx.get('last-event-id');
  return /^\d{1,15}$/.test(given) ? Number(given) : null;
}

function isSettled({ status }: StoredPlan): boolean {
  return (SETTLED_PLAN_STATUSES as readonly string[]).includes(status);
}
