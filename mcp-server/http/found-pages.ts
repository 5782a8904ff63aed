import { DeviceId } from '../../shared/domain/ids.ts';
import type { Documents } from '../search/documents.ts';
import { escapeHtml, sendPage } from './html-page.ts';
import type { WebMiddleware } from './web-state.ts';

const DOCUMENT = /^\/docs\/([a-z0-9_/-]{1,100})$/;
const DEVICE = /^\/devices\/([^/]+)$/;

/**
 * Where the links of search results lead: `/docs/<id>` shows a page about the platform. `/devices/<deviceId>` says how to ask
 * for a device; it shows nothing of it, and nothing of whether there is one, because it does not know who looks.
 */
export function foundPages(documents: Documents): WebMiddleware {
  return async (ctx, next) => {
    const document = documents().get(DOCUMENT.exec(ctx.path)?.[1] ?? '');
    const deviceId = DeviceId.safeParse(DEVICE.exec(ctx.path)?.[1]);
    if (ctx.method === 'GET' && document !== undefined) {
      ctx.state.route = '/docs/:id';
      sendPage(ctx, { title: document.title, body: `<pre>${escapeHtml(document.text)}</pre>` });
    } else if (ctx.method === 'GET' && deviceId.success) {
      ctx.state.route = '/devices/:deviceId';
      const api = `/api/v1/devices/${deviceId.data}`;
      const body =
        `<p>What the registry knows of it: <code>GET ${api}</code> with a token, or the tool <code>get_device</code>. ` +
        'How it is now: <code>get_system_overview</code> and <code>get_device_health</code>.</p>';
      sendPage(ctx, { title: `Device ${deviceId.data}`, body });
    } else {
      await next();
    }
  };
}
