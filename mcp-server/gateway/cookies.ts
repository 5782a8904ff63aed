import type { Context } from 'koa';

/**
 * Over https a name that browsers bind to this host and to TLS (`__Host-`: Secure, no Domain, path /), so that no subdomain
 * can plant one. Over http, which the configuration allows on loopback only, browsers disagree on whether such a name may
 * be set, so it is plain there; and since cookies know no ports, the port is part of it.
 */
export function cookieName(approvalUrl: string, name: string): string {
  const { protocol, port } = new URL(approvalUrl);
  return protocol === 'https:' ? `__Host-${name}` : `${name}_${port || '80'}`;
}

export interface CookieAttributes {
  httpOnly: true;
  sameSite: 'lax';
  secure: boolean;
  path: '/';
  maxAge: number;
  overwrite: true;
  signed: false;
}

export function cookieAttributes(approvalUrl: string, lifetimeSeconds: number): CookieAttributes {
  return {
    httpOnly: true,
    // Strict would lose the session of everybody who follows a link from a chat.
    sameSite: 'lax',
    secure: approvalUrl.startsWith('https:'),
    path: '/',
    maxAge: lifetimeSeconds * 1000,
    overwrite: true,
    signed: false,
  };
}

/** Sets a cookie also when TLS ends in front of this process, which `secure` cookies would otherwise be refused for. */
export function setCookie(ctx: Context, name: string, value: string, attributes: CookieAttributes): void {
  ctx.cookies.secure = attributes.secure;
  ctx.cookies.set(name, value, attributes);
}

/** The cookie's value; null when there is none, and when there are several: one of them somebody else has planted. */
export function onlyCookie(ctx: Context, name: string): string | null {
  const values = cookiesOf(ctx).filter(([given]) => given === name);
  return values.length === 1 ? (values[0]?.[1] ?? null) : null;
}

/** Names and values, in the order they were sent. */
export function cookiesOf(ctx: Context): [name: string, value: string][] {
  return (ctx.headers.cookie ?? '').split(';').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}
