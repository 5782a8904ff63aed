import { escapeHtml, page } from './page.ts';

/** What the scopes mean to the person who is asked for them. */
const meaning: Readonly<Record<string, string>> = {
  'fleet:read': 'read the fleet: routers, plans, health',
  'fleet:write': 'make small changes to single lab routers',
  'fleet:plan': 'propose changes; other people approve them',
  'fleet:approve': 'approve and reject plans',
  'fleet:admin': 'administer routers and settings',
  openid: 'know who you are',
  email: 'see your e-mail address',
  profile: 'see your name',
  groups: 'see your groups',
  offline_access: 'stay signed in for you',
};

/** The question whether a program that is not Convoy's own may act for the person. Every argument is text. */
export function consentPage(options: {
  action: string;
  clientName: string;
  redirectHost: string;
  userName: string;
  scopes: readonly string[];
}): string {
  const wishes = options.scopes
    .map((scope) => `<li>${escapeHtml(meaning[scope] ?? scope)} <code>${escapeHtml(scope)}</code></li>`)
    .join('');
  return page(
    'Allow access?',
    `<p><strong>${escapeHtml(options.clientName)}</strong>, which receives the answer at
<code>${escapeHtml(options.redirectHost)}</code>, wants to act for you, ${escapeHtml(options.userName)}:</p>
<ul>${wishes}</ul>
<form method="post" action="${escapeHtml(options.action)}">
<input type="hidden" name="prompt" value="consent">
<button type="submit" name="decision" value="continue">Allow</button>
<button class="plain" type="submit" name="decision" value="cancel">Do not allow</button>
</form>`,
  );
}
