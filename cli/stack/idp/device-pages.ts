import type { KoaContextWithOIDC } from 'oidc-provider';
import { escapeHtml, page, pageHeaders } from './page.ts';

/** Pages of the device flow (RFC 8628), in the form oidc-provider asks for them. */
export const devicePages = {
  userCodeInputSource: (ctx: KoaContextWithOIDC, form: string, _out?: unknown, error?: unknown): void => {
    const problem = error ? `<p class="problem" role="alert">${escapeHtml(problemOf(error))}</p>` : '';
    render(
      ctx,
      'Enter the code',
      `${problem}<p>Type the code that the terminal shows.</p>
${form.replace('<input\n', '<input aria-label="Code from the terminal" ')}
<button type="submit" form="op.deviceInputForm">Continue</button>`,
    );
  },
  userCodeConfirmSource: (
    ctx: KoaContextWithOIDC,
    form: string,
    client: { clientName?: string; clientId: string },
    _device: unknown,
    userCode: string,
  ): void => {
    render(
      ctx,
      'Is this your code?',
      `<p><strong>${escapeHtml(client.clientName ?? client.clientId)}</strong> asks to sign in with the code</p>
<p class="code"><code>${escapeHtml(userCode)}</code></p>
<p class="hint">Go on only when you started this yourself and your terminal shows the same code.</p>
${form}
<button type="submit" form="op.deviceConfirmForm" autofocus>Continue</button>
<button class="plain" type="submit" form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button>`,
    );
  },
  successSource: (ctx: KoaContextWithOIDC): void => {
    render(ctx, 'Signed in', '<p>You can close this page and go back to the terminal.</p>');
  },
};

/** The page for a request that cannot be answered otherwise. */
export function renderError(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }): void {
  const description = out.error_description ?? 'The request could not be answered.';
  render(
    ctx,
    'This did not work',
    `<p class="problem" role="alert">${escapeHtml(description)}</p><p class="hint">Code: <code>${escapeHtml(out.error)}</code></p>`,
  );
}

/** The question before signing out. */
export function renderLogout(ctx: KoaContextWithOIDC, form: string): void {
  render(
    ctx,
    'Sign out?',
    `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>
<button class="plain" type="submit" form="op.logoutForm">Stay signed in</button>`,
  );
}

function problemOf(error: unknown): string {
  const { name, userCode } = error as { name?: string; userCode?: string };
  if (name === 'AbortedError') return 'The sign-in was cancelled.';
  if (userCode || name === 'NoCodeError') return 'There is no such code, or it is no longer valid.';
  return 'The code could not be checked. Try again.';
}

function render(ctx: KoaContextWithOIDC, title: string, body: string): void {
  ctx.set({ ...pageHeaders });
  ctx.type = 'html';
  ctx.body = page(title, body);
}
