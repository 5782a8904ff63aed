/** Every scope of the platform. */
export const FLEET_SCOPES = ['fleet:read', 'fleet:write', 'fleet:plan', 'fleet:approve', 'fleet:admin'] as const;

/** Whether a scope is the platform's, not the identity provider's own. */
export function isFleetScope(scope: string): boolean {
  return scope.startsWith('fleet:');
}

/** What a program acting for a model may be granted; approving and administering stay with people. */
const AGENT_SCOPES: readonly string[] = ['fleet:read', 'fleet:write', 'fleet:plan'];

/** Something that accepts our tokens (RFC 8707). */
export interface ProtectedResource {
  /** The `aud` claim of its tokens. */
  audience: string;
  scopes: readonly string[];
  /** Only Convoy's own clients get tokens for it. */
  isFirstPartyOnly: boolean;
}

/** Decides what a resource indicator stands for; undefined refuses it. */
export type FindResource = (indicator: string) => ProtectedResource | undefined;

/** The resources of one deployment: the MCP server, the API below the same origin, and the approval gateway. */
export function resourcesOf(urls: { publicUrl: string; approvalUrl: string }): FindResource {
  const publicOrigin = new URL(urls.publicUrl).origin;
  const approvalOrigin = new URL(urls.approvalUrl).origin;
  const table: ProtectedResource[] = [
    { audience: `${publicOrigin}/mcp`, scopes: AGENT_SCOPES, isFirstPartyOnly: false },
    { audience: `${publicOrigin}/mcp/readonly`, scopes: ['fleet:read'], isFirstPartyOnly: false },
    { audience: `${publicOrigin}/api/v1`, scopes: FLEET_SCOPES, isFirstPartyOnly: true },
    { audience: approvalOrigin, scopes: FLEET_SCOPES, isFirstPartyOnly: true },
  ];
  return (indicator) => {
    const wanted = withoutTrailingSlash(indicator);
    return table.find(({ audience }) => audience === wanted);
  };
}

/** For tests, whose servers listen on ports not known when the provider starts: the same rules on any loopback port. */
export const anyLoopbackResource: FindResource = (indicator) => {
  const url = URL.parse(indicator);
  if (url?.hostname !== '127.0.0.1') return undefined;
  return resourcesOf({ publicUrl: url.origin, approvalUrl: url.origin })(indicator);
};

function withoutTrailingSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
