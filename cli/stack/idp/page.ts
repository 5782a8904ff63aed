/** Escapes text for HTML, also inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Headers for every page: nothing loads from elsewhere, nothing may frame it, nothing is kept. */
export const pageHeaders: Readonly<Record<string, string>> = {
  // No form-action: browsers apply it to the redirect back to the client as well.
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** A whole page around a piece of HTML. The title is text. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Convoy</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="brand">Convoy <span>development sign-in</span></p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #55606e; --card: #fff; --ground: #eef1f5; --line: #c3cad4;
  --accent: #1456b8; --on-accent: #fff; --bad: #a3161d; --bad-ground: #fdecec; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf2; --soft: #a8b3c1; --card: #1b222c; --ground: #10151c;
  --line: #3c4756; --accent: #7fb2ff; --on-accent: #0b1726; --bad: #ffb4b0; --bad-ground: #46191b; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.2; }
.brand { margin: 0; font-weight: 700; } .brand span { color: var(--soft); font-weight: 400; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--soft); border-radius: .4rem; }
button { width: 100%; margin-top: 1rem; padding: .65rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .4rem; }
button.plain { color: var(--ink); background: transparent; border-color: var(--soft); }
input:focus-visible, button:focus-visible, a:focus-visible, summary:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px; }
.problem { padding: .6rem .75rem; color: var(--bad); background: var(--bad-ground); border-radius: .4rem; }
details { margin-top: 1rem; } .hint { color: var(--soft); font-size: .9rem; } .hint ul { margin: .25rem 0; padding-left: 1.2rem; }
code { font-family: ui-monospace, monospace; } .code { font-size: 1.6rem; letter-spacing: .1em; text-align: center; }
`;
