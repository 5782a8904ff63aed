import type { ListToolsResult, Tool } from '@modelcontextprotocol/server';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Action } from '../call/action.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { inputSchemaOf, outputSchemaOf } from '../call/json-schema.ts';
import { listedOutput, type ListedDepth } from './listed-output.ts';

/** What `tools/list` answers to whom. */
export type ToolLists = (principal: Principal) => ListToolsResult;

/** Lists are made once for each set of roles and scopes; the order is the catalogue's. */
export function createToolLists(catalogue: Catalogue): ToolLists {
  const lists = new Map<string, ListToolsResult>();
  return (principal) => {
    const key = [...principal.roles.toSorted(), '|', ...principal.scopes.toSorted()].join(' ');
    const known = lists.get(key);
    if (known !== undefined) return known;
    const list = { tools: toolsOf(catalogue.visibleTo(principal, 'mcp')) };
    lists.set(key, list);
    return list;
  };
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
