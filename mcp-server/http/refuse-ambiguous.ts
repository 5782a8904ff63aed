import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './problem.ts';

/** More is nothing a browser or client sends; Node would leave out what is beyond 2000 without a word. */
export const MAX_HEADERS = 100;

/** What is one value by its definition: of two, one program would believe the first and the next the second. */
const SINGLE_HEADERS = new Set([
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'origin',
  'sec-fetch-dest',
  'sec-fetch-site',
  'transfer-encoding',
]);

/**
 * Refuses what two programs could understand differently (400), since a proxy and this process, or the gateway and the
 * server behind it, must mean the same request: targets that are no plain path, paths that climb, and headers that
 * are there twice; and more headers than anybody needs (431).
 */
export async function refuseAmbiguous(ctx: { req: IncomingMessage }, next: () => Promise<unknown>): Promise<void> {
  const { url = '', rawHeaders } = ctx.req;
  if (!isPlainPath(url)) throw new HttpRefusal(400, 'The address is not a plain path of this server.');
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  if (names.length > MAX_HEADERS) throw new HttpRefusal(431, `More than ${MAX_HEADERS} headers are not read.`);
  const twice = names.find((name, index) => SINGLE_HEADERS.has(name) && names.indexOf(name) !== index);
  if (twice !== undefined) throw new HttpRefusal(400, `The header ${twice} is there more than once.`);
  await next();
}

/** RFC 9112, section 3.2.1: no other host, no fragment; and no way around what a path seems to say. */
function isPlainPath(target: string): boolean {
  const [path = ''] = target.split('?');
  if (!path.startsWith('/') || path.startsWith('//') || /[\\#]/.test(target)) return false;
  return !path.split('/').some((segment) => /^(?:\.|%2e){1,2}(?:;.*)?$/i.test(segment));
}
