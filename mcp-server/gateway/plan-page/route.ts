import { z } from 'zod';
import { GATEWAY_SIGNALS } from '../../../shared/contract/plan-messages.ts';
import { PlanId } from '../../../shared/domain/ids.ts';
import { MOST_PLAN_DEVICES } from '../../../shared/domain/plan.ts';
import { PLAN_CONTROLS, rolesToSend } from '../../../shared/domain/plan-controls.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { progressOf } from '../../../shared/platform/persistence/plan-progress.ts';
import type { PlanStore, StoredPlan } from '../../../shared/platform/persistence/stores/plan-store.ts';
import { redactOutput } from '../../call/redact-output.ts';
import { resolvePlan, rolesOnPlan } from '../../call/resolve-plan.ts';
import { namedDevices } from '../../plans/named-devices.ts';
import { deliverSignal, type SignalRoute } from '../deliver-signal.ts';
import type { GatewayContext, GatewayMiddleware } from '../gateway-state.ts';
import { recordRefusal } from '../record-refusal.ts';
import type { GatewaySignal } from '../requests.ts';
import { readRequestText } from '../request-text.ts';
import { refuseForeignOrigin } from '../same-origin.ts';
import type { CookieSeal } from '../sealed-cookie.ts';
import type { Session } from '../session.ts';
import { signedIn, type SignedInOptions } from '../signed-in.ts';
import { parseMessage } from '../signal-body.ts';
import { isMoving, type Choices } from './plan-form.ts';
import { renderPlanPage, type PlanPage } from './render-plan-page.ts';
import { ruleOrdersOf, type RuleOrders } from './rule-orders.ts';
import { PLAN_PAGE_HEADERS } from './style.ts';
import { currentMs } from '../../../shared/platform/process/platform-clock.ts';

export interface PlanPageOptions extends SignedInOptions {
  approvalUrl: string;
  namespace: string;
  route: SignalRoute;
  plans: Pick<PlanStore, 'worked'>;
  seal: CookieSeal;
}

const PlanForm = z.strictObject({
  signal: z.enum(GATEWAY_SIGNALS),
  digest: z.string().max(64),
  comment: z.string(),
  token: z.string(),
  /** Ids of the devices that `skip` leaves out. */
  devices: z.array(z.string().max(100)).max(MOST_PLAN_DEVICES),
});
type PlanForm = z.infer<typeof PlanForm>;

/** 2 000 characters of a comment, each of them several bytes and each byte written as three, and a thousand devices. */
const FORM_BYTES = 128 * 1024;
/** A page that is left open for longer is loaded anew before it decides. */
const FORM_SECONDS = 3_600;
const FOLLOW_SECONDS = 5;
/** Half an hour: a page that is left open must not keep its session alive for ever. */
const FOLLOWED_TIMES = 360;
/** Time in which a signal usually shows. */
const SENT_RELOAD_SECONDS = 2;

/**
 * `/plans/<planId>`: the plan for the person who is signed in, and where its form is sent. The form goes the way of every
 * signal: under the person's own subject, with a fresh sign-in for decisions, and bound to the digest that was shown.
 */
export function planPageRoute(options: PlanPageOptions): GatewayMiddleware {
  return async (ctx, next) => {
    const planId = PlanId.safeParse(/^\/plans\/([^/]+)$/.exec(ctx.path)?.[1]);
    if (!planId.success) {
      await next();
      return;
    }
    const session = await signedIn(options, ctx, 'console');
    if (session === null) return;
    if (ctx.method === 'POST') return take(options, ctx, session, planId.data);
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw new AppError('NOT_FOUND');
    const plan = await resolvePlan(options.route, session.person, planId.data);
    const isSent = ctx.query['sent'] !== undefined;
    await show(options, ctx, session, {
      plan,
      reload: isSent || isMoving(plan) ? reloadOf(ctx, planId.data) : null,
      notice: isSent ? { text: 'Sent. It shows here as soon as it was taken.', tone: 'good' } : null,
      comment: '',
      chosen: [],
    });
  };
}

/** Where the page goes by itself: after something was sent it is followed, and whoever follows it does so for a while. */
function reloadOf(ctx: GatewayContext, planId: string): PlanPage['reload'] {
  const { sent, follow } = ctx.query;
  if (sent !== undefined) return { afterSeconds: SENT_RELOAD_SECONDS, path: `/plans/${planId}?follow` };
  if (typeof follow !== 'string') return null;
  const times = /^\d{1,3}$/.test(follow) ? Math.min(Number(follow), FOLLOWED_TIMES) : FOLLOWED_TIMES;
  return times === 0 ? null : { afterSeconds: FOLLOW_SECONDS, path: `/plans/${planId}?follow=${times - 1}` };
}

async function take(options: PlanPageOptions, ctx: GatewayContext, session: Session, planId: string): Promise<void> {
  const { person, claims, signedInAtMs } = session;
  await recordRefusal(options.refusals, ctx, 'console', () => refuseForeignOrigin(ctx.headers, options.approvalUrl));
  const form = formOf(await readRequestText(ctx.req, FORM_BYTES));
  try {
    await deliverSignal(options.route, {
      planId,
      signal: form.signal,
      person,
      claims,
      via: 'console',
      correlationId: ctx.state.correlationId,
      clientAddress: ctx.state.clientAddress,
      signedInAtMs,
      signInAgain: `Sign in again at ${options.approvalUrl}/oauth/login?returnTo=/plans/${planId} and send it then.`,
      message: async () => {
        requireToken(options, person, planId, form.token);
        return { ...parseMessage(form.signal, await messageOf(options, person, planId, form)), runId: null };
      },
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const plan = await resolvePlan(options.route, person, planId);
    const text = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
    await show(options, ctx, session, {
      plan,
      reload: null,
      notice: { text, tone: 'bad' },
      comment: form.comment,
      chosen: form.devices,
    });
    ctx.status = error.status;
    return;
  }
  ctx.status = 303;
  ctx.redirect(`/plans/${planId}?sent`);
}

/** The signal's message: what the form of its kind says, and nothing that belongs to another. */
async function messageOf(
  { route }: PlanPageOptions,
  person: Principal,
  planId: string,
  { signal, digest, comment, devices }: PlanForm,
): Promise<Record<string, unknown>> {
  if (signal === 'approve' || signal === 'reject') return { digest, comment };
  if (signal !== 'skip') return { comment };
  if (devices.length === 0) throw new AppError('VALIDATION_ERROR', { message: 'No device was chosen to be left out.' });
  return { comment, ...namedDevices(signal, await resolvePlan(route, person, planId), devices) };
}

async function show(
  { approvalUrl, namespace, route, seal, plans }: PlanPageOptions,
  ctx: GatewayContext,
  { person, signedInAtMs }: Session,
  page: Pick<PlanPage, 'plan' | 'reload' | 'notice'> & { comment: string; chosen: readonly string[] },
): Promise<void> {
  const { plan, reload, notice, comment, chosen } = page;
  const isFresh = signedInAtMs !== null && currentMs() - signedInAtMs <= route.freshSignInSeconds * 1000;
  const choices: Choices = {
    ...(await choicesOf(route, person, plan)),
    mustSignIn: !isFresh,
    token: seal.seal('plan-form', { sub: person.sub, planId: plan.planId }, FORM_SECONDS),
    comment,
    chosen: new Set(chosen),
  };
  const signedInAs = person.email ?? person.name ?? person.sub;
  // What routers and people wrote is shown with its hidden characters visible, and without what looks like a secret.
  const shown = redactOutput(plan);
  const ruleOrders = redactedOrders(await ruleOrdersOf(plans, plan));
  ctx.set({ ...PLAN_PAGE_HEADERS });
  ctx.type = 'html';
  ctx.body = renderPlanPage({ plan: shown, ruleOrders, choices, signedInAs, approvalUrl, namespace, reload, notice });
}

function redactedOrders(orders: RuleOrders): RuleOrders {
  return new Map([...orders].map(([deviceId, stretches]) => [deviceId, redactOutput(stretches)]));
}

async function choicesOf(
  route: SignalRoute,
  person: Principal,
  plan: StoredPlan,
): Promise<Pick<Choices, 'signals' | 'whyNotApprove'>> {
  const roles = await rolesOnPlan(route.devices, person, plan, rolesToSend('approve'));
  const requester = await route.directory.get(plan.requestedBy);
  const isOwn = plan.requestedBy === person.sub || isSame(requester?.email, person.email);
  const hasVoted = plan.approvals.some(({ by }) => by === person.sub);
  const whyNotApprove =
    roles.length === 0
      ? 'To decide on it takes the role approver or admin on each of its devices.'
      : hasVoted
        ? 'You have decided on it already.'
        : isOwn
          ? 'You asked for it, so somebody else must approve it.'
          : null;
  if (plan.status === 'awaiting_approval') {
    const mayReject = roles.length > 0 && !hasVoted;
    return { signals: whyNotApprove === null ? ['approve', 'reject'] : mayReject ? ['reject'] : [], whyNotApprove };
  }
  const signals: GatewaySignal[] = [];
  for (const signal of CONTROLS) {
    if (!means(signal, plan)) continue;
    // oxlint-disable-next-line no-await-in-loop -- at most five mean something in a status
    if ((await rolesOnPlan(route.devices, person, plan, rolesToSend(signal))).length > 0) signals.push(signal);
  }
  return { signals, whyNotApprove };
}

const CONTROLS = ['pause', 'resume', 'retry', 'skip', 'abort', 'rollback'] as const;

/** Whether a control would do something to the plan as it is. */
function means(signal: (typeof CONTROLS)[number], plan: StoredPlan): boolean {
  if (!(PLAN_CONTROLS[signal].from as readonly string[]).includes(plan.status)) return false;
  if (signal === 'skip') return plan.devices.some(({ status }) => status === 'pending');
  if (signal === 'retry') return progressOf(plan.devices).failed > 0 && !hasLapsed(plan);
  return signal !== 'rollback' || plan.rollbackUntil === null || Date.parse(plan.rollbackUntil) > currentMs();
}

/** A paused rollout only goes on. */
function hasLapsed({ status, approvalValidUntil: until }: StoredPlan): boolean {
  return status !== 'paused' && until !== null && Date.parse(until) <= currentMs();
}

function isSame(one: string | null | undefined, other: string | null): boolean {
  return one != null && one.toLowerCase() === other?.toLowerCase();
}

function formOf(body: string): PlanForm {
  const params = new URLSearchParams(body);
  const devices = params.getAll('device');
  params.delete('device');
  const form = PlanForm.safeParse({ ...Object.fromEntries(params), devices });
  if (!form.success) throw new AppError('VALIDATION_ERROR', { message: 'That was not sent by the form of this page.' });
  // Browsers send the line ends of a text area as CR LF (HTML, "Constructing the entry list").
  return { ...form.data, comment: form.data.comment.replaceAll('\r\n', '\n').trim() };
}

/** Fails with FORBIDDEN unless the form was made here, for this person and this plan, and not long ago. */
function requireToken({ seal }: PlanPageOptions, person: Principal, planId: string, token: string): void {
  const made = z.strictObject({ sub: z.string(), planId: z.string() }).safeParse(seal.open('plan-form', token));
  if (made.success && made.data.sub === person.sub && made.data.planId === planId) return;
  throw new AppError('FORBIDDEN', {
    message: 'The form was not made for you here, or it is more than an hour old; nothing was sent.',
    hint: 'Read the plan as it is now and send it again.',
    details: { reason: 'FOREIGN_FORM' },
  });
}
