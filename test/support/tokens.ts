import { FLEET_SCOPES } from '../../cli/stack/idp/resources.ts';
import { loginAs } from '../../cli/stack/login-as.ts';
import { testStack } from './test-stack.ts';

/** The embedded users, by the part of their address before the @. */
export type TestUser = 'viewer' | 'operator' | 'approver' | 'approver2' | 'auditor' | 'admin';

/**
 * An access token from a real login at the run's identity provider. `resource` is the origin of a loopback server plus
 * `/mcp` for agents, `/api/v1` for the API, or nothing for an approval gateway. Default scopes: everything the
 * resource gives.
 */
export async function tokenFor(
  user: TestUser,
  request: { resource: string; scope?: string; clientId?: string; redirectUri?: string },
): Promise<string> {
  const { accessToken } = await loginAs({
    issuer: testStack().issuer,
    user: `${user}@convoy.test`,
    scope: request.scope ?? `openid email profile groups ${FLEET_SCOPES.join(' ')}`,
    resource: request.resource,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
  });
  return accessToken;
}
