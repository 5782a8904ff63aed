import type { Scope } from '../../shared/domain/principal.ts';

/** The protected-resource metadata document (RFC 9728 section 2). */
export interface ResourceMetadata {
  resource: string;
  authorization_servers: string[];
  scopes_supported: string[];
  bearer_methods_supported: string[];
  resource_name: string;
  /** A page for people: how changes come about here. */
  resource_documentation: string;
}

/** Paths that accept tokens of their own, and the scopes an MCP client may hold there at most. */
const SCOPES_AT = {
  '/mcp': ['fleet:read', 'fleet:write', 'fleet:plan'],
  '/mcp/readonly': ['fleet:read'],
} as const;

export type McpPath = keyof typeof SCOPES_AT;
export const MCP_PATHS = Object.keys(SCOPES_AT) as McpPath[];

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * The documents by path: one for each resource, because clients compare `resource` with the address they were given, and
 * that of `/mcp` also in the form for the origin, which some clients ask for.
 */
export function resourceMetadataDocuments(publicUrl: string, issuer: string): Map<string, ResourceMetadata> {
  const documents = MCP_PATHS.map((path) => [WELL_KNOWN + path, resourceMetadata(path, publicUrl, issuer)] as const);
  return new Map([[WELL_KNOWN, resourceMetadata('/mcp', publicUrl, issuer)], ...documents]);
}

/** Scopes an MCP client may hold at most for the resource. */
export function agentScopesAt(path: McpPath): readonly Scope[] {
  return SCOPES_AT[path];
}

/** Where a client that was refused at `path` finds out how to get a token. */
export function resourceMetadataUrl(publicUrl: string, path: string): string {
  const resource = MCP_PATHS.find((one) => one === path) ?? '/mcp';
  return new URL(WELL_KNOWN + resource, publicUrl).href;
}

/**
 * What a client needs to get a token. `scopes_supported` names all an MCP client may ever hold; the 401 challenge asks
 * for the least of them.
 */
function resourceMetadata(path: McpPath, publicUrl: string, issuer: string): ResourceMetadata {
  return {
    resource: new URL(path, publicUrl).href,
    authorization_servers: [issuer],
    scopes_supported: [...SCOPES_AT[path]],
    bearer_methods_supported: ['header'],
    resource_name: 'Convoy',
    resource_documentation: new URL('/docs/change-control', publicUrl).href,
  };
}
