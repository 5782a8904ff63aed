import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { AccessMapping } from '../../shared/domain/access-mapping.ts';
import { peopleAudiences } from './audiences.ts';
import { createTokenVerifier, type TokenVerifier } from './bearer.ts';
import { cloudflareAccessKeysUrl, createCloudflareAccess, type CloudflareAccess } from './cloudflare-access.ts';
import type { CloudflareAccessRules, IdentityRules } from './identity-rules.ts';
import { createIntrospection } from './introspection.ts';
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts';
import type { Revocations } from './revocations.ts';

export interface VerifierOptions {
  publicUrl: string;
  approvalUrl: string;
  issuer: string;
  /** Audience of MCP clients' tokens. */
  audience: string;
  /** Default: JWT access tokens alone. */
  identity?: IdentityRules;
  keys: IssuerKeys;
  mapping: AccessMapping;
  revocations: Revocations;
  log: Pick<Logger, 'warn'>;
}

/** Everything that says who calls, for the front end's addresses. */
export interface Verifiers {
  /** Accepts tokens for MCP. */
  mcpVerifier: TokenVerifier;
  /** Accepts tokens for MCP and those that are good for its reads only. */
  readonlyVerifier: TokenVerifier;
  /** Accepts tokens for MCP, for the API, and of people who came through the gateway. */
  apiVerifier: TokenVerifier;
  cloudflareAccess: CloudflareAccess | undefined;
  close(): void;
}

export function createVerifiers(options: VerifierOptions): Verifiers {
  const { publicUrl, issuer, audience, identity = {}, keys, mapping, revocations, log } = options;
  const isMappedService = (service: { client_id: string }): boolean =>
    mapping.accessOf({ ...service }).roles.length > 0;
  const introspection =
    identity.introspection &&
    createIntrospection({
      ...identity.introspection,
      issuer,
      onFailed: (err) => log.warn({ err }, 'identity provider did not say what a token is'),
    });
  const verifierFor = (audiences: readonly string[]): TokenVerifier =>
    createTokenVerifier({
      issuer,
      audiences,
      keys,
      introspection,
      isMappedService,
      revocations,
      idTokens: identity.idTokens,
      subjectClaim: identity.subjectClaim,
    });
  const access = cloudflareAccessOf(options, isMappedService);
  return {
    mcpVerifier: verifierFor([audience]),
    readonlyVerifier: verifierFor([audience, `${publicUrl}/mcp/readonly`]),
    apiVerifier: verifierFor([audience, ...peopleAudiences(options)]),
    cloudflareAccess: access?.cloudflareAccess,
    close: () => access?.keys.close(),
  };
}

/** What vouches for people before the approval gateway; undefined unless it is configured. */
export function openGatewayAccess({
  rules,
  ...rest
}: {
  rules: Pick<CloudflareAccessRules, 'issuer' | 'audience' | 'keysUrl'> | undefined;
  revocations: Revocations;
  log: Pick<Logger, 'warn'>;
}): { cloudflareAccess: CloudflareAccess; keys: IssuerKeys } | undefined {
  // Services decide nothing, so none is let through.
  const cloudflareAccess = rules && { ...rules, mode: 'required' as const, scopes: [] };
  return cloudflareAccessOf({ ...rest, identity: cloudflareAccess && { cloudflareAccess } }, () => false);
}

function cloudflareAccessOf(
  {
    identity,
    revocations,
    log,
  }: Pick<VerifierOptions, 'revocations' | 'log'> & { identity?: IdentityRules | undefined },
  isMappedService: (service: { client_id: string }) => boolean,
): { cloudflareAccess: CloudflareAccess; keys: IssuerKeys } | undefined {
  const rules = identity?.cloudflareAccess;
  if (rules === undefined) return undefined;
  const { keysUrl, ...rest } = rules;
  const keys = createIssuerKeys({
    issuer: rules.issuer,
    jwksUri: keysUrl ?? cloudflareAccessKeysUrl(rules.issuer),
    onReloadFailed: (err) => log.warn({ err }, "Cloudflare Access's keys not reloaded"),
  });
  return { cloudflareAccess: createCloudflareAccess({ ...rest, keys, revocations, isMappedService }), keys };
}
