import { resourceMetadata, RESOURCE_METADATA_PATHS } from '../auth/resource-metadata.ts';
import type { WebMiddleware } from './web-state.ts';

/** The protected-resource metadata at both of its addresses, for anybody (RFC 9728 section 3). */
export function resourceMetadataRoutes(resource: string, issuer: string): WebMiddleware {
  const document = JSON.stringify(resourceMetadata(resource, issuer));
  const paths: ReadonlySet<string> = new Set(RESOURCE_METADATA_PATHS);
  return async (ctx, next) => {
    if (!paths.has(ctx.path) || !['GET', 'HEAD'].includes(ctx.method)) {
      await next();
      return;
    }
    ctx.state.route = RESOURCE_METADATA_PATHS[0];
    ctx.set({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' });
    ctx.type = 'application/json';
    ctx.body = document;
  };
}
