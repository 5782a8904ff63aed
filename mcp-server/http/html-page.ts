import { createHash } from 'node:crypto';
import type { WebContext } from './web-state.ts';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
code, pre { background: #f1f3f5; padding: .1em .3em; border-radius: 3px }
pre { padding: 1em; white-space: pre-wrap; overflow-wrap: anywhere }
dt { font-weight: 600; margin-top: 1rem } dd { margin: 0 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #15181c } code, pre { background: #262b31 } a { color: #8ab4ff } }`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Answers with a page of ours; `body` is HTML, the title is text. Nothing on it runs or is loaded from anywhere. */
export function sendPage(ctx: WebContext, { title, body }: { title: string; body: string }): void {
  ctx.set('content-security-policy', `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`);
  ctx.type = 'html';
  ctx.body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>
${body}
</body></html>
`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
