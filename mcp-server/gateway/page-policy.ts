import { createHash } from 'node:crypto';

/** Nothing loads, nothing frames: for what is no page of the Temporal UI. */
export const CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/**
 * What a page of the Temporal UI may do: everything with this gateway and nothing with anybody else, so that text of a
 * router that got into one could neither run nor carry anything away. `shell` is the page as the UI's server sends it, the
 * same for everybody and without a fact of the fleet; the scripts written into it run, and no other written into it later.
 */
export function uiPolicy(shell = ''): string {
  const scripts = [...shell.matchAll(/<script(?:\s[^>]*)?>([\s\S]*?)<\/script>/g)].filter(([, code]) => code !== '');
  const hashes = scripts.map(([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  return [
    "default-src 'self'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...hashes].join(' '),
    // The UI sets styles from scripts, on elements it makes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    // It frames its own /render pages.
    "frame-ancestors 'self'",
  ].join('; ');
}
