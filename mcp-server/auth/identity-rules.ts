import { readFile } from 'node:fs/promises';
import type { Scope } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { accessOfNoTeam, GATEWAY_ACCESS_OF_NO_TEAM } from '../../shared/platform/config/identity-contradictions.ts';
import type { GatewayConfig, WebConfig } from '../../shared/platform/config/processes.ts';
import type { IdTokenRules } from './verify-jwt.ts';

/** What is believed besides JWT access tokens; all of it only where it is configured. */
export interface IdentityRules {
  /** Default `sub`. */
  subjectClaim?: string;
  idTokens?: IdTokenRules;
  introspection?: { clientId: string; clientSecret: string };
  cloudflareAccess?: CloudflareAccessRules;
}

export interface CloudflareAccessRules {
  mode: 'required' | 'identity';
  /** `https://<team>.cloudflareaccess.com`. */
  issuer: string;
  audience: string;
  scopes: readonly Scope[];
  /** Where the keys are. Default: where Cloudflare has them. */
  keysUrl?: string;
}

type IdentityConfig = Pick<
  WebConfig,
  | 'oidcSubjectClaim'
  | 'oidcIntrospectionClientId'
  | 'oidcIntrospectionSecret'
  | 'oidcIntrospectionSecretFile'
  | 'oidcIdTokenClients'
  | 'defaultScopes'
  | 'cloudflareAccess'
  | 'cloudflareAccessTeam'
  | 'cloudflareAccessAudience'
>;

/**
 * The rules that a configuration asks for, whose variables fit together since it was loaded. Fails with
 * INVALID_CONFIGURATION when the file of a secret cannot be used.
 */
export async function loadIdentityRules(config: IdentityConfig): Promise<IdentityRules> {
  const introspection = await introspectionOf(config);
  const idTokens = idTokensOf(config);
  const cloudflareAccess = cloudflareAccessOf(config);
  return {
    subjectClaim: config.oidcSubjectClaim,
    ...(introspection === undefined ? {} : { introspection }),
    ...(idTokens === undefined ? {} : { idTokens }),
    ...(cloudflareAccess === undefined ? {} : { cloudflareAccess }),
  };
}

async function introspectionOf(config: IdentityConfig): Promise<IdentityRules['introspection']> {
  const { oidcIntrospectionClientId: clientId, oidcIntrospectionSecret: secret } = config;
  if (clientId === undefined) return undefined;
  const clientSecret = secret ?? (await readSecret(config.oidcIntrospectionSecretFile ?? ''));
  return { clientId, clientSecret };
}

async function readSecret(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid(`CONVOY_OIDC_INTROSPECTION_SECRET_FILE: ${file} cannot be read.`, cause);
  });
  if (text.trim() === '') throw invalid(`CONVOY_OIDC_INTROSPECTION_SECRET_FILE: ${file} is empty.`);
  return text.trim();
}

function idTokensOf({ oidcIdTokenClients: clientIds, defaultScopes }: IdentityConfig) {
  if (clientIds === undefined) return undefined;
  return { clientIds, scopes: defaultScopes };
}

function cloudflareAccessOf(config: IdentityConfig): CloudflareAccessRules | undefined {
  const { cloudflareAccess: mode, cloudflareAccessTeam: team, cloudflareAccessAudience: audience } = config;
  if (mode === 'off') return undefined;
  if (team === undefined || audience === undefined) throw invalid(accessOfNoTeam(mode));
  return { mode, issuer: issuerOf(team), audience, scopes: config.defaultScopes };
}

/**
 * What stands before the approval gateway. Fails with INVALID_CONFIGURATION when the audience of its application is given
 * without the team.
 */
export function gatewayAccessOf({
  cloudflareAccessTeam: team,
  cloudflareAccessGatewayAudience: audience,
}: Pick<GatewayConfig, 'cloudflareAccessTeam' | 'cloudflareAccessGatewayAudience'>):
  Pick<CloudflareAccessRules, 'issuer' | 'audience'> | undefined {
  if (audience === undefined) return undefined;
  if (team === undefined) throw invalid(GATEWAY_ACCESS_OF_NO_TEAM);
  return { issuer: issuerOf(team), audience };
}

function issuerOf(team: string): string {
  return `https://${team}.cloudflareaccess.com`;
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('INVALID_CONFIGURATION', { message, cause });
}
