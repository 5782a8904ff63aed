import { z } from 'zod';
import { visibleDevices } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { untrusted } from '../../shared/operations/output-fields.ts';
import type { LookupStore } from '../../shared/platform/persistence/stores/lookup-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import type { Documents } from './documents.ts';
import { foundId, pageOf, type FoundKind } from './found-ids.ts';

export interface SearchDeps {
  lookup: Pick<LookupStore, 'devicesMatching' | 'plansMatching'>;
  documents: Documents;
  /** Origin under which people reach this deployment. */
  publicUrl: string;
}

/** Results of one search. */
const MOST_RESULTS = 20;
/** Words that are looked for; the others of a long question say little. */
const MOST_WORDS = 10;

const SearchOutput = z.object({
  results: z.array(z.object({ id: z.string(), title: untrusted(200), url: z.string() })),
});

/** Search as research hosts want it: `query` in, ids with titles and links out, and nothing else. */
export function searchAction({ lookup, documents, publicUrl }: SearchDeps): Action {
  return defineAction({
    name: 'search',
    title: 'Search',
    description:
      'Devices, plans and pages about this platform by words: names, tags, models, versions, addresses, ids, comments. Best ' +
      'matches first, at most 20; pass an id to fetch. For complete lists use list_devices and list_plans.',
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
    input: z.strictObject({ query: z.string().min(1).max(500).describe('Words, such as "north RB5009 unreachable"') }),
    output: SearchOutput,
    target: { on: 'nothing' },
    async dispatch({ input: { query }, principal }) {
      const words = wordsOf(query);
      const request = { words, grants: visibleDevices(principal), limit: MOST_RESULTS };
      const [devices, plans] = await Promise.all([lookup.devicesMatching(request), lookup.plansMatching(request)]);
      const found = [
        ...devices.map((device) => result('device', device.deviceId, device.words, titleOfDevice(device))),
        ...plans.map((plan) => result('plan', plan.planId, plan.words, titleOfPlan(plan))),
        ...[...documents().values()].map(({ id, title, text }) =>
          result('doc', id, wordsInPage(title, text, words), title),
        ),
      ];
      const best = found.filter((one) => one.words > 0).toSorted((one, other) => other.words - one.words);
      return {
        output: {
          results: best.slice(0, MOST_RESULTS).map(({ kind, id, title }) => ({
            id: foundId(kind, id),
            title,
            url: pageOf(publicUrl, kind, id),
          })),
        },
      };
    },
    summarize: ({ results }) => `${results.length} results.`,
  });
}

/** Words that questions are made of and that say nothing about what is asked for. */
const EMPTY_WORDS = new Set(
  (
    'a all an and any are by can do does find for from get has have how in is it list me my of on or our show that the their ' +
    'them these they this to was were what when where which who why with device devices router routers'
  ).split(' '),
);

/** Each once, without the punctuation around it. */
function wordsOf(query: string): string[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word.length > 1 && !EMPTY_WORDS.has(word));
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/** A word that is only somewhere in the text of a page counts half: pages are long. */
function wordsInPage(title: string, text: string, words: readonly string[]): number {
  const inside = (where: string) => words.filter((word) => where.toLowerCase().includes(word));
  return inside(title).length + inside(text).filter((word) => !title.toLowerCase().includes(word)).length / 2;
}

function result(kind: FoundKind, id: string, words: number, title: string) {
  return { kind, id, words, title };
}

function titleOfDevice({
  name,
  environment,
  status,
  model,
  version,
}: Awaited<ReturnType<LookupStore['devicesMatching']>>[number]): string {
  const what = [model, version === null ? null : `RouterOS ${version}`].filter((word) => word !== null);
  return `Device ${name} (${[environment, status, ...what].join(', ')})`;
}

function titleOfPlan({
  planId,
  kind,
  status,
  environment,
  comment,
}: Awaited<ReturnType<LookupStore['plansMatching']>>[number]): string {
  return `Plan ${planId} (${kind}, ${environment}, ${status})${comment === '' ? '' : `: ${comment}`}`;
}
