/**
 * A path of our own origin to go back to after signing in; `/` for everything else. Absolute and protocol-relative
 * addresses, backslashes (browsers read them as slashes) and the sign-in pages themselves are not followed.
 */
export function safeReturnPath(given: string | undefined): string {
  if (given === undefined || given.length > 2000) return '/';
  if (!/^\/[\x21-\x5b\x5d-\x7e]*$/.test(given) || given.startsWith('//')) return '/';
  const url = new URL(given, 'http://origin.invalid');
  // Climbing can leave two slashes in front, as `/..//elsewhere` does.
  if (url.host !== 'origin.invalid' || url.pathname.startsWith('//') || url.pathname.startsWith('/oauth/')) return '/';
  return url.pathname + url.search;
}
