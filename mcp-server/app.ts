import Koa from 'koa';
import type { Logger } from '../shared/platform/telemetry/logger.ts';
import type { ReadReadiness } from '../shared/platform/process/readiness.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import type { AccessMapping } from '../shared/domain/access-mapping.ts';
import type { AccessRefusals } from './auth/access-refusals.ts';
import { gatewayAudiences, peopleAudiences } from './auth/audiences.ts';
import type { TokenVerifier } from './auth/bearer.ts';
import type { CloudflareAccess } from './auth/cloudflare-access.ts';
import type { PersonRecorder } from './auth/principal.ts';
import { resourceMetadataUrl } from './auth/resource-metadata.ts';
import type { Caller } from './call/answer-call.ts';
import type { RateLimit } from './call/limit-rate.ts';
import { accessLog } from './http/access-log.ts';
import { apiRouter } from './http/api.ts';
import { checkHost } from './http/check-host.ts';
import { createClientAddresses, type ProxyOptions } from './http/client-address.ts';
import { foundPages } from './http/found-pages.ts';
import { frontPage } from './http/front-page.ts';
import { health } from './http/health.ts';
import { createUnprovenRequests } from './http/limit-unproven.ts';
import type { OpenAuditExport } from './audit/export-audit.ts';
import type { ServePlanEvents } from './http/plan-events.ts';
import { answerProblems } from './http/problem.ts';
import { refuseAmbiguous } from './http/refuse-ambiguous.ts';
import { createRequestLimits, type RequestLimits } from './http/request-limits.ts';
import { securityHeaders } from './http/security-headers.ts';
import { traceRequests } from './http/trace-request.ts';
import type { WebContext, WebState } from './http/web-state.ts';
import { resourceMetadataRoutes } from './http/well-known.ts';
import { createMcpEndpoint } from './mcp/endpoint.ts';
import type { ProtocolHandler } from './mcp/protocol-handler.ts';
import type { Documents } from './search/documents.ts';

export interface WebOptions extends ProxyOptions {
  /** Origin under which clients reach this process. */
  publicUrl: string;
  approvalUrl: string;
  /** Temporal namespace of the plans. */
  namespace: string;
  issuer: string;
  /** The MCP endpoint as clients type it, and the audience of its tokens. */
  mcpResource: string;
  /** Accepts tokens for MCP. */
  mcpVerifier: TokenVerifier;
  /** Accepts tokens for MCP and those that are good for its reads only. */
  readonlyVerifier: TokenVerifier;
  /** Accepts tokens for MCP, for the API, and of people who came through the gateway. */
  apiVerifier: TokenVerifier;
  /** How ChatGPT is told that a scope is missing. Default `http`. */
  chatgptChallenge?: 'http' | 'result';
  mapping: AccessMapping;
  people: PersonRecorder;
  refusals: AccessRefusals;
  /** Default: its assertions are not looked at. */
  cloudflareAccess?: CloudflareAccess | undefined;
  caller: Caller;
  /** Default: `createRequestLimits()`. */
  requests?: RequestLimits;
  /** Of requests of one address that prove nobody. Default: `UNPROVEN_LIMIT`. */
  unprovenLimit?: RateLimit;
  protocol: ProtocolHandler;
  /** Pages about the platform. Default: none. */
  documents?: Documents;
  planEvents: ServePlanEvents;
  auditExport: OpenAuditExport;
  readiness: ReadReadiness;
  log: Logger;
  metrics: Pick<Metrics, 'httpRequestSeconds' | 'tokensVerified'>;
}

export interface Web {
  app: Koa<WebState>;
  close(): Promise<void>;
}

/** The front end, in the order in which a request meets it. */
export function createWeb(options: WebOptions): Web {
  const { publicUrl, approvalUrl, issuer, mcpResource, mapping, people, refusals, caller, log, metrics } = options;
  const shared = {
    rules: { mapping, peopleAudiences: peopleAudiences(options) },
    gatewayAudiences: gatewayAudiences(approvalUrl),
    people,
    refusals,
    cloudflareAccess: options.cloudflareAccess,
    metrics,
    requests: options.requests ?? createRequestLimits(),
  };
  // Where Cloudflare signs people in it also tells clients how, and a challenge of ours would contradict it.
  const tellsHow = options.cloudflareAccess?.mode !== 'identity';
  const metadataUrl = (path: string): string | null => (tellsHow ? resourceMetadataUrl(publicUrl, path) : null);
  const mcp = createMcpEndpoint({
    caller,
    metadataUrl,
    chatGptChallenge: options.chatgptChallenge ?? 'http',
    protocol: options.protocol,
    authentication: {
      '/mcp': { ...shared, verifier: options.mcpVerifier },
      '/mcp/readonly': { ...shared, verifier: options.readonlyVerifier },
    },
  });
  const api = apiRouter({
    caller,
    planEvents: options.planEvents,
    auditExport: options.auditExport,
    publicUrl,
    issuer,
    authentication: { ...shared, verifier: options.apiVerifier },
  });

  const unproven = createUnprovenRequests(createClientAddresses(options), options.unprovenLimit);

  const app = new Koa<WebState>();
  app.on('error', (error: unknown) => log.warn({ err: error }, 'answer could not be finished'));
  app.use(traceRequests((ctx: WebContext) => ctx.state.route));
  app.use(accessLog(log, metrics));
  app.use(answerProblems({ log, metadataUrl }));
  app.use(securityHeaders(publicUrl));
  app.use(unproven.limit);
  app.use(refuseAmbiguous);
  app.use(checkHost([publicUrl, approvalUrl]));
  app.use(health(options.readiness));
  if (tellsHow) app.use(resourceMetadataRoutes(publicUrl, issuer));
  app.use(mcp.serve);
  app.use(api.routes());
  app.use(api.allowedMethods());
  app.use(foundPages(options.documents ?? (() => new Map())));
  app.use(frontPage({ mcpUrl: mcpResource, approvalUrl }));
  return {
    app,
    async close() {
      await mcp.close();
      await caller.close();
    },
  };
}
