import { PlanId } from '../../shared/domain/ids.ts';
import { escapeHtml, sendPage } from './html-page.ts';
import type { WebMiddleware } from './web-state.ts';

export interface FrontPageOptions {
  mcpUrl: string;
  approvalUrl: string;
}

/** `/` says what this is and where to go; `/plans/<planId>` leads to the page on which people decide. */
export function frontPage({ mcpUrl, approvalUrl }: FrontPageOptions): WebMiddleware {
  const page = `
<p>Durable change control for RouterOS fleets: agents and people propose, other people approve, Temporal carries it out.</p>
<dl>
<dt>Propose and read</dt><dd>MCP server at <code>${escapeHtml(mcpUrl)}</code>; <a href="/api/v1/openapi.json">HTTP API</a></dd>
<dt>Approve and watch</dt><dd><a href="${escapeHtml(approvalUrl)}">${escapeHtml(approvalUrl)}</a></dd>
<dt>State of this process</dt><dd><a href="/readyz">readyz</a></dd>
</dl>`;
  return async (ctx, next) => {
    const planId = PlanId.safeParse(/^\/plans\/([^/]+)$/.exec(ctx.path)?.[1]);
    if (ctx.method !== 'GET' || (ctx.path !== '/' && !planId.success)) {
      await next();
    } else if (planId.success) {
      ctx.state.route = '/plans/:planId';
      ctx.redirect(new URL(`/plans/${planId.data}`, approvalUrl).href);
    } else {
      ctx.state.route = '/';
      sendPage(ctx, { title: 'Convoy', body: page });
    }
  };
}
