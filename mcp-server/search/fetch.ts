import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { UNTRUSTED, untrusted } from '../../shared/operations/output-fields.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { resolvePlan } from '../call/resolve-plan.ts';
import type { PlanViews } from '../plans/plan-view.ts';
import { aboutDevice } from './about-device.ts';
import { aboutPlan } from './about-plan.ts';
import type { Documents } from './documents.ts';
import { FoundId, foundId, pageOf, partsOf } from './found-ids.ts';

export interface FetchDeps {
  stores: Pick<Database, 'devices' | 'plans'>;
  views: Pick<PlanViews, 'whole'>;
  documents: Documents;
  /** Origin under which people reach this deployment. */
  publicUrl: string;
}

/** Something as text, for readers who take no other form. */
export interface Readable {
  title: string;
  text: string;
  metadata: Record<string, string>;
}

/** Longest text, bytes. */
const MAX_TEXT_BYTES = 20_000;
const CUT = '\n… (cut here; the tools show the rest)';

const FetchOutput = z.object({
  id: z.string(),
  title: untrusted(200),
  // Its parts are cleaned one by one: the lines between them are ours.
  text: z.string().meta({ [UNTRUSTED]: true }),
  url: z.string(),
  metadata: z.record(z.string(), z.string()),
});

/** One result of a search as research hosts want it: the text with its title, its link, and a few facts. */
export function fetchAction(deps: FetchDeps): Action {
  return defineAction({
    name: 'fetch',
    title: 'Fetch a search result',
    description:
      'A device, plan or page that search found, as text of at most 20 KB. Of a device: what the registry knows, without ' +
      'asking it; for its present state use the get_ and list_ tools.',
    toolset: 'fleet',
    isCore: true,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    isPlainJson: true,
    input: z.strictObject({ id: FoundId.describe('Id of a result of search') }),
    output: FetchOutput,
    target: { on: 'nothing' },
    async dispatch({ input, principal }) {
      const { kind, id } = partsOf(input.id);
      const readable = await read();
      const url = pageOf(deps.publicUrl, kind, id);
      return { output: { id: foundId(kind, id), url, ...readable, text: cut(readable.text) } };

      async function read(): Promise<Readable> {
        if (kind === 'device') return aboutDevice(await resolveDevice(deps.stores.devices, principal, id));
        if (kind === 'plan') return aboutPlan(deps.views.whole(await resolvePlan(deps.stores, principal, id)));
        const document = deps.documents().get(id);
        if (document === undefined) throw new AppError('NOT_FOUND', { message: `There is no page "${id}".` });
        return { title: document.title, text: document.text, metadata: {} };
      }
    },
    summarize: ({ title }) => `${title}.`,
  });
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= MAX_TEXT_BYTES) return text;
  const kept = bytes.subarray(0, MAX_TEXT_BYTES - Buffer.byteLength(CUT)).toString('utf8');
  // Half a character at the end is none.
  return `${kept.replace(/\u{FFFD}$/u, '')}${CUT}`;
}
