import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, InMemoryServerEventBus, type McpServerFactory } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { visibleDevices, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { Target } from '../call/action.ts';
import type { Caller } from '../call/answer-call.ts';
import type { StreamLimits } from '../http/stream-limits.ts';
import { findResource, type Resource } from '../resources/define-resource.ts';
import { argumentsOf } from '../resources/read-resource.ts';
import type { ChangeWatch, Topic } from './change-watch.ts';
import { visibleResources } from './handlers/resources.ts';
import type { ProtocolHandler } from './protocol-handler.ts';
import { factsOf, type RequestFacts } from './request-facts.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface SubscriptionDeps {
  caller: Pick<Caller, 'catalogue' | 'permit'>;
  factory: McpServerFactory;
  watch: ChangeWatch;
  streams: StreamLimits;
  /** Aborted when the process is about to end: streams end in an orderly way, and clients listen again elsewhere. */
  draining: AbortSignal;
  log: Logger;
}

/** Addresses of one stream. */
const MAX_URIS = 50;
/** Longest life of a stream, seconds: whatever the client misses meanwhile it finds out when it listens again. */
const MAX_SECONDS = 900;
/** A comment a proxy counts as traffic; they cut idle connections after about a minute, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

const Listen = z.looseObject({
  method: z.literal('subscriptions/listen'),
  params: z.looseObject({ notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()).optional() }) }),
});
type Listen = z.infer<typeof Listen>;

/**
 * Serves `subscriptions/listen`. The SDK's own streams know neither who may hear of what nor an end, so each gets a bus of
 * its own, on which only what its principal may hear of is published: asked when the stream opens, and again with everything
 * that is told. What the principal may not see is left out of what is acknowledged, as if it did not exist.
 */
export function createSubscriptions(deps: SubscriptionDeps): ProtocolHandler {
  const { factory, streams, draining, log } = deps;

  async function answer(...[request, response, body]: Parameters<ProtocolHandler['answer']>): Promise<void> {
    const facts = factsOf(request.auth);
    const listen = Listen.safeParse(body).data;
    const uris = [...new Set(listen?.params.notifications.resourceSubscriptions)];
    if (uris.length > MAX_URIS) {
      throw new AppError('VALIDATION_ERROR', {
        message: `A stream can be of ${MAX_URIS} resources; ${uris.length} are named.`,
        hint: 'Open several streams.',
      });
    }
    const end = await streams.take({
      sub: facts.principal.sub,
      response,
      stillGood: facts.principalNow,
      expiresAtSeconds: Math.min(request.auth.expiresAt ?? 0, currentMs() / 1000 + MAX_SECONDS),
    });
    const bus = new InMemoryServerEventBus();
    const handler = createMcpHandler(factory, {
      bus,
      legacy: 'stateless',
      keepAliveMs: KEEP_ALIVE_MS,
      onerror: (error) => log.debug({ err: error }, 'MCP subscription refused'),
    });
    const over = AbortSignal.any([end, draining]);
    if (over.aborted) throw new AppError('SERVICE_UNAVAILABLE', { message: 'This process is about to end.' });
    over.addEventListener('abort', () => void handler.close(), { once: true });

    const heard = await openTopics(deps, facts, uris);
    const news = createNews({ deps, facts, response, end: () => void handler.close() });
    const stops: (() => void)[] = [];
    // Whenever it closes, also while its topics are looked at, and also when one of them cannot be.
    const stopIfOver = () => {
      if (response.closed || over.aborted) for (const stop of stops.splice(0)) stop();
    };
    response.once('close', stopIfOver);
    await Promise.all(
      heard.map(async ({ uri, topic }) => {
        stops.push(
          await deps.watch.watch(topic, () => news(uri, () => bus.publish({ kind: 'resource_updated', uri }))),
        );
        stopIfOver();
      }),
    );
    if (response.destroyed) return;
    if (over.aborted) throw new AppError('SERVICE_UNAVAILABLE', { message: 'The stream was over before it began.' });
    const serve = toNodeHandler(handler, { onerror: (error) => log.warn({ err: error }, 'MCP subscription failed') });
    await serve(request, response, narrowed(body, listen, heard));
  }

  return { answer, close: async () => deps.watch.close() };
}

interface Heard {
  uri: string;
  topic: Topic;
}

async function openTopics(deps: SubscriptionDeps, facts: RequestFacts, uris: readonly string[]): Promise<Heard[]> {
  const topics = await Promise.all(
    uris.map(async (uri) => ({ uri, topic: await topicOf(deps, facts, facts.principal, uri, 'counted') })),
  );
  return topics.filter((one): one is Heard => one.topic !== null);
}

/** What is watched for the address; null when the principal may not read it, or nobody tells when it changes. */
async function topicOf(
  { caller }: SubscriptionDeps,
  facts: RequestFacts,
  principal: Principal,
  uri: string,
  counted?: 'counted',
): Promise<Topic | null> {
  const address = findResource(visibleResources(caller, principal), uri);
  if (address === null || address.cursor !== null || address.resource.changesWith === undefined) return null;
  const request = { ...facts, principal, name: address.resource.action, surface: 'context' as const };
  const target = await caller.permit({ ...request, arguments: argumentsOf(address) }, counted).catch(unlessOutage);
  return target === null ? null : topicBy(address.resource.changesWith, target, principal);
}

function topicBy(on: NonNullable<Resource['changesWith']>, target: Target, principal: Principal): Topic | null {
  if (on === 'fleet') return { on, grants: visibleDevices(principal) };
  if (target.on === 'plan') return { on: 'plan', id: target.plan.planId };
  return target.on === 'device' && on !== 'plan' ? { on, id: target.device.deviceId } : null;
}

/** That it may not be read is an answer; that nobody can say, or that there were too many questions, is none. */
function unlessOutage(error: unknown): null {
  if (error instanceof AppError && error.status < 500 && error.code !== 'RATE_LIMITED') return null;
  throw error;
}

/**
 * Tells a stream what changed, once for all changes that came while its reader was not ready or its rights were looked at:
 * who the bearer is by now and whether that person may still read it. Without a good token the stream ends.
 */
function createNews({ deps, facts, response, end }: NewsDeps): (uri: string, tell: () => void) => void {
  const waiting = new Map<string, () => void>();
  let state: 'idle' | 'telling' | 'over' = 'idle';

  async function tellAll(): Promise<void> {
    while (waiting.size > 0 && !response.writableNeedDrain) {
      const told = [...waiting];
      waiting.clear();
      const principal = await facts.principalNow();
      for (const [uri, tell] of told) if ((await topicOf(deps, facts, principal, uri)) !== null) tell();
    }
  }

  async function start(): Promise<void> {
    if (state !== 'idle' || response.destroyed) return;
    state = 'telling';
    try {
      await tellAll();
      state = 'idle';
      // What the reader has not taken yet must not grow: the same few addresses wait here instead.
      if (waiting.size > 0) response.once('drain', () => void start());
    } catch (error) {
      state = 'over';
      deps.log.info({ err: error, sub: facts.principal.sub }, 'MCP subscription ended');
      end();
    }
  }

  return (uri, tell) => {
    waiting.set(uri, tell);
    void start();
  };
}

interface NewsDeps {
  deps: SubscriptionDeps;
  facts: RequestFacts;
  response: ServerResponse;
  end: () => void;
}

/** The request with only what is heard of; one that is not well formed stays as it is, and is refused by the SDK. */
function narrowed(body: unknown, listen: Listen | undefined, heard: readonly Heard[]): unknown {
  if (listen === undefined) return body;
  const { params } = listen;
  const notifications = { ...params.notifications, resourceSubscriptions: heard.map(({ uri }) => uri) };
  return { ...listen, params: { ...params, notifications } };
}
