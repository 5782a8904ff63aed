import type { Action } from '../../mcp-server/call/action.ts';
import { RESOURCES } from '../../mcp-server/resources/index.ts';
import type { Resource } from '../../mcp-server/resources/define-resource.ts';
import { code, page, table } from './markdown.ts';

/** `resources.md`: what a host may read and keep beside the conversation. */
export function resourcesPage(actions: readonly Action[]): string {
  const tools = actions.filter(({ surfaces }) => surfaces.includes('mcp')).map(({ name }) => name);
  return page(
    'MCP resources',
    'Most are the answer of a tool under an address; who may not call the tool does not see the resource. Clients of 2026-07-28 may subscribe to those that say when they change.',
    [
      table(
        ['Address', 'What it is', 'Tool', 'Type', 'Changes with', 'May be kept'],
        RESOURCES.map((resource) => [
          code(resource.uri),
          `**${resource.title}.** ${resource.description}`,
          tools.includes(resource.action) ? `[${code(resource.action)}](tools.md#${resource.action})` : '',
          resource.mimeType,
          changesWith(resource),
          secondsOf(resource.ttlMs),
        ]),
      ),
    ],
  );
}

function changesWith({ changesWith: cause }: Resource): string {
  return cause ?? '';
}

function secondsOf(ttlMs: number): string {
  return ttlMs === 0 ? 'not at all' : `${ttlMs / 1000} s`;
}
