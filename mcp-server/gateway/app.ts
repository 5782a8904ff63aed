import Koa from 'koa';
import type { CryptoKey } from 'jose';
import type { ConvoyPayloadCodec } from '../../shared/platform/encryption/payload-codec.ts';
import type { ReadReadiness } from '../../shared/platform/process/readiness.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PersonStore } from '../../shared/platform/persistence/stores/person-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { SessionLimits, SessionStore } from '../../shared/platform/persistence/stores/session-store.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { AccessMapping } from '../../shared/domain/access-mapping.ts';
import type { TokenVerifier } from '../auth/bearer.ts';
import type { CloudflareAccess } from '../auth/cloudflare-access.ts';
import { createAccessRefusals } from '../auth/access-refusals.ts';
import { gatewayAudiences } from '../auth/audiences.ts';
import type { PersonRecorder } from '../auth/principal.ts';
import { createRateLimiter, DEFAULT_RATE_LIMIT, type RateLimit } from '../call/limit-rate.ts';
import { checkHostName } from '../http/check-host.ts';
import { createClientAddresses, type ProxyOptions } from '../http/client-address.ts';
import { createUnprovenRequests } from '../http/limit-unproven.ts';
import { refuseAmbiguous } from '../http/refuse-ambiguous.ts';
import { traceRequests } from '../http/trace-request.ts';
import { accessLog, routeOf } from './access-log.ts';
import { answerErrors } from './answer-errors.ts';
import { approvalsRoute } from './approvals-route.ts';
import { FRESH_SIGN_IN_SECONDS } from './fresh-sign-in.ts';
import type { Forwarder } from './forward.ts';
import type { GatewayContext, GatewayMiddleware, GatewayState } from './gateway-state.ts';
import { createIdentityProviderClient } from './identity-provider-client.ts';
import { loginRoutes, startLogin } from './login.ts';
import { planPageRoute } from './plan-page/route.ts';
import { createCodecRoute } from './codec-route.ts';
import { createCookieSeal } from './sealed-cookie.ts';
import { securityHeaders } from './security-headers.ts';
import { createSignalSender } from './send-signal.ts';
import { createSessions } from './session.ts';
import { temporalUiRoutes } from './temporal-ui-routes.ts';

export interface GatewayOptions extends ProxyOptions {
  /** Origin under which people reach the gateway. */
  approvalUrl: string;
  temporalUiUrl: string;
  namespace: string;
  issuer: string;
  /** The platform's key, for tokens of the Temporal server. */
  signingKey: CryptoKey;
  /** Opens what the Temporal UI shows, and seals signals. */
  codec: ConvoyPayloadCodec;
  /** The first seals, all open. */
  cookieSecrets: readonly string[];
  /** For tokens whose audience is the gateway. */
  verifier: TokenVerifier;
  /** The gateway at the identity provider. Default `convoy-gateway`. */
  clientId?: string;
  /** The claim that names a person. Default `sub`. */
  subjectClaim?: string;
  mapping: AccessMapping;
  /** What stands before the gateway and must vouch for everybody by their address. Default: nothing. */
  cloudflareAccess?: Pick<CloudflareAccess, 'vouchFor'> | undefined;
  people: PersonRecorder;
  directory: Pick<PersonStore, 'get'>;
  sessions: SessionStore;
  /** Default: an hour, half of it without a request. */
  sessionLimits?: SessionLimits;
  plans: Pick<PlanStore, 'get' | 'worked'>;
  devices: Pick<DeviceStore, 'getMany'>;
  audit: Pick<AuditStore, 'append'>;
  forwarder: Forwarder;
  /** What the gateway depends on. */
  readiness: ReadReadiness;
  /** Longest age of a sign-in that may decide. Default: 15 minutes. */
  freshSignInSeconds?: number;
  /** Requests of one person. Default: as many as the web process allows. */
  rateLimit?: RateLimit;
  /** Of requests of one address that prove nobody. Default: as many as the web process allows. */
  unprovenLimit?: RateLimit;
  logger: Logger;
  metrics: Pick<Metrics, 'httpRequestSeconds' | 'approvals'>;
}

/** The approval gateway, in the order in which a request meets it. */
export function createGateway(options: GatewayOptions): Koa<GatewayState> {
  const { approvalUrl, namespace, signingKey, mapping, forwarder, logger, metrics, verifier } = options;
  const seal = createCookieSeal(options.cookieSecrets);
  const sessions = createSessions({
    seal,
    store: options.sessions,
    mapping,
    approvalUrl,
    ...(options.sessionLimits === undefined ? {} : { limits: options.sessionLimits }),
  });
  const identityProvider = createIdentityProviderClient({
    issuer: options.issuer,
    clientId: options.clientId,
    approvalUrl,
  });
  const unproven = createUnprovenRequests(createClientAddresses(options), options.unprovenLimit);
  const { subjectClaim, cloudflareAccess } = options;
  const login = {
    approvalUrl,
    audit: options.audit,
    identityProvider,
    verifier,
    sessions,
    seal,
    subjectClaim,
    countBegun: unproven.take,
  };
  const limiter = createRateLimiter(options.rateLimit ?? DEFAULT_RATE_LIMIT);
  const { freshSignInSeconds = FRESH_SIGN_IN_SECONDS } = options;
  const route = { ...options, freshSignInSeconds, send: createSignalSender(options) };
  const refusals = createAccessRefusals(options.audit);
  const rules = { mapping, peopleAudiences: gatewayAudiences(approvalUrl) };

  const app = new Koa<GatewayState>();
  app.on('error', (error: unknown) => {
    // The visitor left, and what was fetched for them was given up.
    if (error instanceof Error && error.name === 'AbortError') return;
    logger.warn({ err: error }, 'answer could not be finished');
  });
  app.use(traceRequests((ctx: GatewayContext) => routeOf(ctx.path)));
  app.use(accessLog(logger, metrics));
  app.use(securityHeaders(approvalUrl));
  app.use(answerErrors(logger));
  app.use(unproven.limit);
  app.use(refuseAmbiguous);
  app.use(checkHostName([approvalUrl]));
  app.use(health(forwarder, options.readiness));
  app.use(loginRoutes(login));
  app.use(approvalsRoute({ verifier, rules, route, limiter, refusals, cloudflareAccess }));
  const people = {
    sessions,
    limiter,
    refusals,
    cloudflareAccess,
    startLogin: (ctx: GatewayContext, returnPath: string) => startLogin(login, ctx, returnPath),
  };
  app.use(planPageRoute({ ...people, approvalUrl, namespace, route, seal, plans: options.plans }));
  app.use(
    temporalUiRoutes({
      ...people,
      approvalUrl,
      namespace,
      signingKey,
      forwarder,
      route,
      codec: createCodecRoute(options),
    }),
  );
  return app;
}

/** `/healthz`: 200 while the UI behind the gateway answers. `/readyz`: what it depends on; 503 when something is missing. */
function health(forwarder: Forwarder, readiness: ReadReadiness): GatewayMiddleware {
  return async (ctx, next) => {
    if (ctx.path === '/readyz') {
      const answer = await readiness();
      ctx.status = answer.httpStatus;
      ctx.body = answer.readiness;
      return;
    }
    if (ctx.path !== '/healthz') {
      await next();
      return;
    }
    await forwarder.ping();
    ctx.body = { status: 'ok' };
  };
}
