/**
 * The `Link` header of a list's page (RFC 8288): the address of the next one, with the same filters, under the name by which
 * clients reach this process. Null for the last page.
 */
export function nextLink(
  publicUrl: string,
  { path, querystring }: { path: string; querystring: string },
  output: Readonly<Record<string, unknown>>,
): string | null {
  const { nextCursor } = output;
  if (typeof nextCursor !== 'string') return null;
  const next = new URL(publicUrl);
  next.pathname = path;
  const parameters = new URLSearchParams(querystring);
  parameters.set('cursor', nextCursor);
  next.search = parameters.toString();
  return `<${next.href}>; rel="next"`;
}
