import type { Tool } from '@modelcontextprotocol/server';
import { createCatalogue } from '../../mcp-server/call/catalogue.ts';
import { createToolLists } from '../../mcp-server/mcp/tool-list.ts';
import { NO_CHOICE, type ToolsetChoice } from '../../mcp-server/mcp/toolset-choice.ts';
import { declaredActions } from '../../scripts/reference/declared-actions.ts';
import { SCOPES, type Role } from '../../shared/domain/principal.ts';
import { isToolset, TOOLSETS } from '../../shared/operations/toolsets.ts';

export const ALL_TOOLSETS: ToolsetChoice = { ...NO_CHOICE, toolsets: Object.keys(TOOLSETS).filter(isToolset) };
export const READ_ONLY: ToolsetChoice = { ...NO_CHOICE, readOnly: true };

/** Everything that is declared, of every phase. */
export const catalogue = createCatalogue(declaredActions(), 5);

const lists = createToolLists(catalogue);
/** What an MCP client may hold at most; approving and administering stay with people. */
const scopes = SCOPES.filter((scope) => scope !== 'fleet:approve' && scope !== 'fleet:admin');

/** What `tools/list` answers to somebody with one role and every scope an MCP client can have. */
export function listedTools(role: Role, choice: ToolsetChoice = NO_CHOICE): Tool[] {
  return lists({ roles: [role], scopes }, choice).tools;
}

/** A tool by itself, with all its listing tells. */
export function toolAlone(name: string): Tool {
  const [tool] = listedTools('admin', { ...ALL_TOOLSETS, tools: [name] });
  if (tool === undefined) throw new Error(`no tool "${name}"`);
  return tool;
}
