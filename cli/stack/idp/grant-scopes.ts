import type Provider from 'oidc-provider';
import { isFleetScope } from './resources.ts';

/**
 * Grants scopes of the provider itself (openid, email, …). Fleet scopes mean something for a resource only: they are
 * on the provider's list so that clients may register for them, and are refused without a resource.
 */
export function grantOidcScopes(grant: InstanceType<Provider['Grant']>, scopes: readonly string[]): void {
  const own = scopes.filter((scope) => !isFleetScope(scope));
  const fleet = scopes.filter(isFleetScope);
  if (own.length > 0) grant.addOIDCScope(own.join(' '));
  // Refusing marks them as answered; otherwise the person would be asked again and again.
  if (fleet.length > 0) grant.rejectOIDCScope(fleet.join(' '));
}
