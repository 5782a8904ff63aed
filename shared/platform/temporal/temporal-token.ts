import { readFile } from 'node:fs/promises';
import { importPKCS8, SignJWT, type CryptoKey } from 'jose';
import { WEB_SUBJECT } from '../../contract/plan-messages.ts';
import { currentMs } from '../process/platform-clock.ts';

/** Audience that the Temporal server's authorizer demands. */
export const TEMPORAL_AUDIENCE = 'convoy-temporal';
/** Key id of the platform's signing key in the JWKS that the Temporal server reads. */
export const SIGNING_KEY_ID = 'convoy-platform';
/** Subjects of Convoy's own processes, as Temporal stamps them on events. */
export const SERVICE_SUBJECTS = { web: WEB_SUBJECT, worker: 'svc-worker', admin: 'svc-admin' } as const;

/** Reads the platform's ES256 key (PKCS#8 PEM), the only key whose tokens the Temporal server accepts. */
export async function loadSigningKey(file: string): Promise<CryptoKey> {
  return importPKCS8(await readFile(file, 'utf8'), 'ES256');
}

export interface TemporalTokenRequest {
  signingKey: CryptoKey;
  /** Becomes `HistoryEvent.principal.name` on everything done with the token. */
  subject: string;
  /** Such as `convoy:read` or `convoy:write`. */
  permissions: string[];
  lifetimeSeconds: number;
}

/** A token for the Temporal server's default claim mapper (ES256, `kid`, `sub`, `permissions`). */
export async function mintTemporalToken(request: TemporalTokenRequest): Promise<string> {
  const nowSeconds = Math.floor(currentMs() / 1000);
  return new SignJWT({ permissions: request.permissions })
    .setProtectedHeader({ alg: 'ES256', kid: SIGNING_KEY_ID, typ: 'JWT' })
    .setSubject(request.subject)
    .setAudience(TEMPORAL_AUDIENCE)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + request.lifetimeSeconds)
    .sign(request.signingKey);
}
