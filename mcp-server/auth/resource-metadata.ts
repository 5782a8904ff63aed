/** The protected-resource metadata document (RFC 9728 section 2). */
export interface ResourceMetadata {
  resource: string;
  authorization_servers: string[];
  scopes_supported: string[];
  bearer_methods_supported: string[];
  resource_name: string;
}

/** Paths of the document: the form for the origin, which some clients ask for, and the form for `/mcp`. */
export const RESOURCE_METADATA_PATHS = [
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
] as const;

/**
 * What a client needs to get a token. `scopes_supported` names all an MCP client may ever hold; the 401 challenge asks
 * for the least of them.
 */
export function resourceMetadata(resource: string, issuer: string): ResourceMetadata {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: ['fleet:read', 'fleet:write', 'fleet:plan'],
    bearer_methods_supported: ['header'],
    resource_name: 'Convoy',
  };
}

export function resourceMetadataUrl(publicUrl: string): string {
  return new URL(RESOURCE_METADATA_PATHS[1], publicUrl).href;
}
