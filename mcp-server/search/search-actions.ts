import type { Operation, Phase } from '../../shared/operations/define-operation.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Action } from '../call/action.ts';
import type { PlanViews } from '../plans/plan-view.ts';
import { PROMPTS } from '../prompts/index.ts';
import { completeArgumentAction } from './complete-argument.ts';
import { createDocuments } from './documents.ts';
import { fetchAction } from './fetch.ts';
import { searchAction } from './search.ts';

export interface SearchActionDeps {
  /** Everything that can be called, these actions among it; asked for when the first page is looked for. */
  actions: () => readonly Action[];
  operations: readonly Operation[];
  planKinds: readonly PlanKind[];
  database: Pick<Database, 'devices' | 'plans' | 'lookup'>;
  views: Pick<PlanViews, 'whole'>;
  publicUrl: string;
  phase: Phase;
}

/** Finding things by words and first letters. */
export function searchActions({ database, views, publicUrl, ...sources }: SearchActionDeps): Action[] {
  const { operations, planKinds, phase } = sources;
  const documents = createDocuments({
    actions: () => sources.actions().filter((action) => action.phase <= phase),
    operations,
    planKinds,
    prompts: PROMPTS,
  });
  return [
    searchAction({ lookup: database.lookup, documents, publicUrl }),
    fetchAction({ stores: database, views, documents, publicUrl }),
    completeArgumentAction({
      lookup: database.lookup,
      names: {
        operation: () => operations.map(({ name }) => name),
        kind: () => planKinds.filter((kind) => kind.phase <= phase).map(({ kind }) => kind),
      },
    }),
  ];
}
