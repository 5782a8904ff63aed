import { createHash } from 'node:crypto';
import { PlanId } from '../../shared/domain/ids.ts';
import type { PlanViews } from '../plans/plan-view.ts';
import type { WebMiddleware } from './web-state.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
code { background: #f1f3f5; padding: .1em .3em; border-radius: 3px }
dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #15181c } code { background: #262b31 } a { color: #8ab4ff } }`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface FrontPageOptions {
  mcpUrl: string;
  approvalUrl: string;
  views: Pick<PlanViews, 'linksOf'>;
}

/** `/` says what this is and where to go; `/plans/<planId>` leads to the page on which people decide. */
export function frontPage({ mcpUrl, approvalUrl, views }: FrontPageOptions): WebMiddleware {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Convoy</title><style>${STYLE}</style></head>
<body><h1>Convoy</h1>
<p>Durable change control for RouterOS fleets: agents and people propose, other people approve, Temporal carries it out.</p>
<dl>
<dt>Propose and read</dt><dd>MCP server at <code>${escapeHtml(mcpUrl)}</code>; <a href="/api/v1/openapi.json">HTTP API</a></dd>
<dt>Approve and watch</dt><dd><a href="${escapeHtml(approvalUrl)}">${escapeHtml(approvalUrl)}</a></dd>
<dt>State of this process</dt><dd><a href="/readyz">readyz</a></dd>
</dl></body></html>
`;
  return async (ctx, next) => {
    const planId = PlanId.safeParse(/^\/plans\/([^/]+)$/.exec(ctx.path)?.[1]);
    if (ctx.method !== 'GET' || (ctx.path !== '/' && !planId.success)) {
      await next();
    } else if (planId.success) {
      ctx.state.route = '/plans/:planId';
      ctx.redirect(views.linksOf(planId.data).temporal);
    } else {
      ctx.state.route = '/';
      ctx.set(
        'content-security-policy',
        `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`,
      );
      ctx.type = 'html';
      ctx.body = page;
    }
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
