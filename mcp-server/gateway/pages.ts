import { createHash } from 'node:crypto';
import type { ErrorBody } from '../../shared/errors/app-error.ts';
import { CLOSED_POLICY } from './page-policy.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; padding: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
button { padding: .6rem 1.2rem; font: inherit; font-weight: 600; cursor: pointer; }
.small { font-size: .85rem; opacity: .8; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of the gateway's own pages: nothing loads from elsewhere and nothing may frame them. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  // No form-action: browsers apply it to the redirect to the identity provider as well.
  'Content-Security-Policy': `${CLOSED_POLICY}; style-src 'sha256-${STYLE_HASH}'`,
  'Cache-Control': 'no-store',
};

/** The page a person sees instead of what was refused. */
export function errorPage(error: ErrorBody & { correlationId: string }, signedInAs: string | null): string {
  const hint = error.hint === undefined ? '' : `<p>${escapeHtml(error.hint)}</p>`;
  const account =
    signedInAs === null
      ? '<p><a href="/oauth/login">Sign in</a></p>'
      : `<p>You are signed in as ${escapeHtml(signedInAs)}. <a href="/oauth/logout">Sign out</a></p>`;
  return page(
    'This did not work',
    `<p role="alert">${escapeHtml(error.message)}</p>${hint}${account}
<p class="small">Code <code>${escapeHtml(error.code)}</code>, reference <code>${escapeHtml(error.correlationId)}</code></p>`,
  );
}

/** Asks before signing out, because a GET changes nothing. */
export function signOutPage(signedInAs: string | null): string {
  if (signedInAs === null) return page('Signed out', '<p>Nobody is signed in here. <a href="/">Sign in</a></p>');
  return page(
    'Sign out?',
    `<p>You are signed in as ${escapeHtml(signedInAs)}.</p>
<form method="post" action="/oauth/logout"><button type="submit">Sign out</button></form>
<p><a href="/">Back to the workflows</a></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Convoy</title>
<style>${STYLE}</style>
</head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
