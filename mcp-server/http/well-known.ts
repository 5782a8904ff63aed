import { resourceMetadataDocuments } from '../auth/resource-metadata.ts';
import type { WebMiddleware } from './web-state.ts';

/** The protected-resource metadata of every resource, for anybody (RFC 9728 section 3). */
export function resourceMetadataRoutes(publicUrl: string, issuer: string): WebMiddleware {
  const documents = resourceMetadataDocuments(publicUrl, issuer);
  return async (ctx, next) => {
    const document = documents.get(ctx.path);
    if (document === undefined || !['GET', 'HEAD'].includes(ctx.method)) {
      await next();
      return;
    }
    ctx.state.route = ctx.path;
    ctx.set({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' });
    ctx.type = 'application/json';
    ctx.body = JSON.stringify(document);
  };
}
