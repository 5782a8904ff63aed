import type { ListToolsResult, Tool } from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../../shared/domain/principal.ts';
import { TOOLSETS, type Toolset } from '../../shared/operations/toolsets.ts';
import type { Action } from '../call/action.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { inputSchemaOf, outputSchemaOf } from '../call/json-schema.ts';
import { listedOutput, type ListedDepth } from './listed-output.ts';
import { keyOf, lists, type ToolsetChoice } from './toolset-choice.ts';

/** What `tools/list` answers to whom, and how clients with this choice see it. */
export type ToolLists = (principal: Pick<Principal, 'roles' | 'scopes'>, choice: ToolsetChoice) => ListToolsResult;

/** Lists kept at a time: clients may choose any of many combinations, and only the usual ones are worth keeping. */
const MOST_LISTS = 200;
const TOOLSET_ORDER = Object.keys(TOOLSETS) as Toolset[];

/**
 * Lists are made once for each set of roles, scopes and choices. The core comes first, for hosts that show only so many
 * tools; behind it one toolset after the other, each in the catalogue's order.
 */
export function createToolLists(catalogue: Catalogue): ToolLists {
  const made = new LRUCache<string, ListToolsResult>({ max: MOST_LISTS });
  return (principal, choice) => {
    const key = [...principal.roles.toSorted(), '|', ...principal.scopes.toSorted(), keyOf(choice)].join(' ');
    const known = made.get(key);
    if (known !== undefined) return known;
    const actions = catalogue.visibleTo(principal, 'mcp').filter((action) => lists(choice, action));
    const list = { tools: toolsOf(actions.toSorted((one, other) => placeOf(one) - placeOf(other))) };
    made.set(key, list);
    return list;
  };
}

function placeOf({ isCore, toolset }: Action): number {
  return (isCore ? 0 : TOOLSET_ORDER.length) + TOOLSET_ORDER.indexOf(toolset);
}

/** An answer that several tools give is told in full by the first of them only: every repetition costs a model's context. */
function toolsOf(actions: Action[]): Tool[] {
  const told = new Set<Action['output']>();
  return actions.map((action) => {
    const depth = told.has(action.output) ? 'shallow' : 'full';
    told.add(action.output);
    return toolOf(action, depth);
  });
}

function toolOf(action: Action, depth: ListedDepth): Tool {
  const { name, title, description, hints } = action;
  return {
    name,
    title,
    description,
    inputSchema: inputSchemaOf(action) as Tool['inputSchema'],
    outputSchema: listedOutput(outputSchemaOf(action), depth),
    annotations: {
      title,
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      // A closed world: the routers in the registry and nothing else.
      openWorldHint: false,
    },
  };
}
