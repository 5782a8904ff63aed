import { z } from 'zod';

/** What `search` answers with and `fetch` takes: what it is, and its own id. */
export const FoundId = z
  .string()
  .regex(/^(device|plan|doc):[A-Za-z0-9_./-]{1,100}$/, 'an id is "device:…", "plan:…" or "doc:…", as search gives it');

export type FoundKind = 'device' | 'plan' | 'doc';

const PAGES = { device: 'devices', plan: 'plans', doc: 'docs' } as const satisfies Record<FoundKind, string>;

export function foundId(kind: FoundKind, id: string): string {
  return `${kind}:${id}`;
}

export function partsOf(found: string): { kind: FoundKind; id: string } {
  const [kind = '', ...id] = found.split(':');
  return { kind: kind as FoundKind, id: id.join(':') };
}

/** Where a person looks at it. */
export function pageOf(publicUrl: string, kind: FoundKind, id: string): string {
  return new URL(`/${PAGES[kind]}/${id}`, publicUrl).href;
}
