import { z } from 'zod';
import { SCOPES, type Principal } from '../../shared/domain/principal.ts';
import { scopeChallenge } from '../auth/challenge.ts';
import { agentScopesAt, MCP_PATHS, type McpPath } from '../auth/resource-metadata.ts';
import { traceIdOf } from '../../shared/platform/telemetry/correlation.ts';
import { currentTrace } from '../../shared/platform/telemetry/spans.ts';
import type { Caller } from '../call/answer-call.ts';
import { lacksRole, lacksScope } from '../call/authorize.ts';
import { authenticate, authenticateAgain, type Authentication } from '../http/authenticate.ts';
import { onClosed } from '../http/on-closed.ts';
import { HttpRefusal } from '../http/problem.ts';
import { readJsonBody } from '../http/read-body.ts';
import type { WebMiddleware } from '../http/web-state.ts';
import { createCancellations } from './cancellations.ts';
import { isChatGpt } from './chatgpt.ts';
import type { ProtocolHandler } from './protocol-handler.ts';
import { toAuthInfo, type ChatGptFacts, type RequestFacts } from './request-facts.ts';
import { includes, readChoice } from './toolset-choice.ts';
import { traceMessage, traceOfMessage } from './trace-message.ts';

export interface McpEndpointOptions {
  caller: Caller;
  /** By path: each is a resource that accepts its own tokens. */
  authentication: Readonly<Record<McpPath, Authentication>>;
  protocol: ProtocolHandler;
  /** Where clients that were refused at a path find out how to get a token; null where somebody else tells them. */
  metadataUrl: (path: string) => string | null;
  /** How ChatGPT is told that a scope is missing: by a 403, or by a tool's result. */
  chatGptChallenge: 'http' | 'result';
}

export interface McpEndpoint {
  serve: WebMiddleware;
  close(): Promise<void>;
}

const Message = z.looseObject({
  method: z.string().optional(),
  id: z.union([z.string(), z.number()]).optional(),
  params: z
    .looseObject({ name: z.string().optional(), requestId: z.union([z.string(), z.number()]).optional() })
    .optional(),
});
type Message = z.infer<typeof Message>;

/**
 * `/mcp` and `/mcp/readonly`: Streamable HTTP without sessions, for the newest revision and for 2025 clients, so that any
 * process can answer any request. Host and Origin have been checked before; token, body size, batches and subscriptions
 * are checked here, because the SDK checks none of them.
 */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { caller, authentication, protocol } = options;
  const cancellations = createCancellations();
  return {
    close: () => protocol.close(),
    serve: async (ctx, next) => {
      const path = MCP_PATHS.find((one) => one === ctx.path);
      if (path === undefined) {
        await next();
        return;
      }
      ctx.state.route = path;
      // Before the method: a client that probes with GET finds out here how to get a token.
      const { principal, claims } = await authenticate(ctx, authentication[path], 'mcp');
      if (ctx.method !== 'POST') {
        ctx.set('allow', 'POST');
        throw new HttpRefusal(405, `${ctx.method} is not possible here; allowed: POST.`);
      }
      // Whatever the scopes: a tool that only lacks one may be named, and is called to be challenged for it.
      const nameable = { ...principal, scopes: [...SCOPES] };
      const choice = readChoice(ctx, () => caller.catalogue.visibleTo(nameable, 'mcp').map(({ name }) => name));
      const body = await readJsonBody(ctx.req);
      if (Array.isArray(body) && body.length > 1) {
        throw new HttpRefusal(400, 'Batches are not served; send one JSON-RPC message in a request.');
      }
      const message = Message.safeParse(body).data ?? {};
      const principalNow = () => authenticateAgain(ctx, authentication[path], 'mcp');
      const named = { sub: principal.sub, authorization: ctx.get('authorization') };
      if (message.method === 'notifications/cancelled' && message.params?.requestId !== undefined) {
        cancellations.cancel({ ...named, id: message.params.requestId });
      }
      const running = cancellations.begin({ ...named, id: message.id ?? '' });
      onClosed(ctx.res, () => running.done(ctx.res.writableFinished));
      const facts = {
        principal,
        principalNow,
        choice,
        chatGpt: isChatGpt(body, principal, ctx.get('user-agent')) ? chatGptFacts(options, path, principal) : undefined,
        correlationId: ctx.state.correlationId,
        clientAddress: ctx.state.clientAddress,
        traceId:
          (traceOfMessage(message) ?? currentTrace())?.traceId ??
          traceIdOf({ traceparent: ctx.headers['traceparent'] }),
        signal: running.signal,
      };
      if (message.method === 'tools/call') {
        ctx.state.action = message.params?.name?.slice(0, 64);
        // With a challenge in the facts the tool's own result carries it.
        if (!facts.chatGpt?.challenge) await challengeScope(caller, message, facts);
      }
      ctx.respond = false;
      // Koa presets 404, which would otherwise be the status of every answer.
      ctx.res.statusCode = 200;
      const request = Object.assign(ctx.req, { auth: toAuthInfo(facts, claims.exp) });
      const isKnown = (tool: string): boolean => caller.catalogue.find(tool, 'mcp') !== null;
      await traceMessage(message, isKnown, () => protocol.answer(request, ctx.res, body));
    },
  };
}

function chatGptFacts(
  { metadataUrl, chatGptChallenge }: McpEndpointOptions,
  path: McpPath,
  { scopes }: Principal,
): ChatGptFacts {
  const url = metadataUrl(path);
  const isInResult = chatGptChallenge === 'result' && url !== null;
  return {
    scopes: agentScopesAt(path),
    challenge: isInResult ? (needed) => scopeChallenge(url, scopes, needed) : null,
  };
}

/**
 * A tool that only lacks a scope is refused before the protocol: HTTP 403 with a challenge makes a client ask its person
 * for more (RFC 6750 section 3.1), which a tool's error result would not.
 */
async function challengeScope(caller: Caller, { params }: Message, facts: RequestFacts): Promise<void> {
  const action = caller.catalogue.find(params?.name ?? '', 'mcp');
  if (action === null || !includes(facts.choice, action)) return;
  if (lacksRole(action, facts.principal) || !lacksScope(action, facts.principal)) return;
  await caller.answer({ ...facts, name: action.name, arguments: params?.['arguments'], surface: 'mcp' });
}
