import type { ListToolsResult, Tool } from '@modelcontextprotocol/server';
import { LRUCache } from 'lru-cache';
import type { Principal } from '../../shared/domain/principal.ts';
import { TOOLSETS, type Toolset } from '../../shared/operations/toolsets.ts';
import type { Action } from '../call/action.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { inputSchemaOf, outputSchemaOf, type JsonSchema } from '../call/json-schema.ts';
import { listedInput, listedOutput, type ListedDepth } from './listed-schemas.ts';
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

/** Some hosts put a whole list before every request of a model, so only a short one tells everything. */
const FULL_AT_MOST = 12;

/** An answer that several tools give is told by the first of them only: every repetition costs a model's context. */
function toolsOf(actions: Action[]): Tool[] {
  const depth = actions.length > FULL_AT_MOST ? 'lean' : 'full';
  const told = new Map<Action['output'], Action>();
  return actions.map((action) => {
    const first = told.get(action.output);
    if (first === undefined) told.set(action.output, action);
    const outputSchema =
      first === undefined
        ? listedOutput(outputSchemaOf(action), depth)
        : { type: 'object', description: `The same as of ${first.name}` };
    return toolOf(action, depth, outputSchema);
  });
}

/** Hosts that know this ask their person before every call, whatever was allowed before. */
const ASKS_PERSON = 'anthropic/requiresUserInteraction';

/** What starts, takes back or gives up a change of many devices. */
function isForPeople({ asksFirst = false, hints, target }: Action): boolean {
  return asksFirst || (hints.destructive && target.on === 'plan');
}

function toolOf(action: Action, depth: ListedDepth, outputSchema: JsonSchema): Tool {
  const { name, title, description, hints } = action;
  return {
    name,
    title,
    description,
    inputSchema: listedInput(inputSchemaOf(action), depth) as Tool['inputSchema'],
    outputSchema,
    annotations: {
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      openWorldHint: hints.openWorld ?? false,
    },
    ...(isForPeople(action) ? { _meta: { [ASKS_PERSON]: true } } : {}),
  };
}
