import { escapeHtml, page } from './page.ts';
import { EMBEDDED_PASSWORD, embeddedUsers } from './users.ts';

/** The sign-in form. */
export function loginPage(options: { action: string; clientName: string; email?: string; problem?: string }): string {
  const problem = options.problem ? `<p class="problem" role="alert">${escapeHtml(options.problem)}</p>` : '';
  const users = embeddedUsers
    .map(({ email, name }) => `<li><code>${escapeHtml(email)}</code> (${escapeHtml(name)})</li>`)
    .join('');
  return page(
    'Sign in',
    `<p>to continue to <strong>${escapeHtml(options.clientName)}</strong></p>
${problem}
<form method="post" action="${escapeHtml(options.action)}">
<input type="hidden" name="prompt" value="login">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus value="${escapeHtml(options.email ?? '')}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit" name="decision" value="continue">Sign in</button>
</form>
<form method="post" action="${escapeHtml(options.action)}">
<input type="hidden" name="prompt" value="login">
<button class="plain" type="submit" name="decision" value="cancel">Cancel</button>
</form>
<details class="hint"><summary>Who can sign in here?</summary>
<ul>${users}</ul>
<p>These people exist in the development stack only; the password of all of them is <code>${EMBEDDED_PASSWORD}</code>.</p>
</details>`,
  );
}
