import type { ListToolsResult, Tool } from '@modelcontextprotocol/server';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Action } from '../call/action.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { inputSchemaOf, outputSchemaOf } from '../call/json-schema.ts';

/** What `tools/list` answers to whom. */
export type ToolLists = (principal: Principal) => ListToolsResult;

/** Lists are made once for each set of roles and scopes; the order is the catalogue's. */
export function createToolLists(catalogue: Catalogue): ToolLists {
  const tools = new Map<string, Tool>();
  const lists = new Map<string, ListToolsResult>();
  return (principal) => {
    const key = [...principal.roles.toSorted(), '|', ...principal.scopes.toSorted()].join(' ');
    const known = lists.get(key);
    if (known !== undefined) return known;
    const list = {
      tools: catalogue.visibleTo(principal, 'mcp').map((action) => {
        const tool = tools.get(action.name) ?? toolOf(action);
        tools.set(action.name, tool);
        return tool;
      }),
    };
    lists.set(key, list);
    return list;
  };
}

function toolOf(action: Action): Tool {
  const { name, title, description, hints } = action;
  return {
    name,
    title,
    description,
    inputSchema: inputSchemaOf(action) as Tool['inputSchema'],
    outputSchema: outputSchemaOf(action),
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
