import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import { isToolset, TOOLSETS, type Toolset } from '../../shared/operations/toolsets.ts';
import type { Action } from '../call/action.ts';
import { HttpRefusal } from '../http/problem.ts';

/**
 * Which tools a client wants to see, by its address and its headers. A choice selects from what the caller may do; it
 * permits nothing.
 */
export interface ToolsetChoice {
  /** Null: every toolset is there, and the core tools are listed. */
  toolsets: readonly Toolset[] | null;
  /** Null: every tool of the toolsets. */
  tools: readonly string[] | null;
  excluded: readonly string[];
  readOnly: boolean;
}

/** A client that only gives the address. */
export const NO_CHOICE: ToolsetChoice = { toolsets: null, tools: null, excluded: [], readOnly: false };

/** The address at which there is nothing but reads. */
export const READONLY_PATH = '/mcp/readonly';

interface Request {
  path: string;
  query: ParsedUrlQuery;
  headers: IncomingHttpHeaders;
}

const ALL = 'all';
const QUERY_NAMES = ['toolsets', 'readonly'];

/**
 * Reads the choice from `?toolsets=dns,plans` (or `all`), `?readonly=true` or the path, and from the headers
 * `X-MCP-Toolsets`, `X-MCP-Readonly`, `X-MCP-Tools` and `X-MCP-Exclude-Tools`, which only ever take away. Fails with 400 for
 * names that do not exist; `toolNames` are those the caller's role allows.
 */
export function readChoice({ path, query, headers }: Request, toolNames: () => readonly string[]): ToolsetChoice {
  const stray = Object.keys(query).find((name) => !QUERY_NAMES.includes(name));
  if (stray !== undefined) throw refuse('query', stray, QUERY_NAMES);
  return {
    toolsets: narrowed(
      toolsetsOf('toolsets', query['toolsets']),
      toolsetsOf('X-MCP-Toolsets', headers['x-mcp-toolsets']),
    ),
    tools: namesOf('X-MCP-Tools', headers['x-mcp-tools'], toolNames),
    excluded: namesOf('X-MCP-Exclude-Tools', headers['x-mcp-exclude-tools'], toolNames) ?? [],
    readOnly: [
      path === READONLY_PATH,
      isYes('readonly', query['readonly']),
      isYes('X-MCP-Readonly', headers['x-mcp-readonly']),
    ].includes(true),
  };
}

/** Any tool may answer that its result is to be asked for with this one. */
const FOLLOW_UP = 'get_call';

/** Whether the tool exists for a client with this choice. */
export function includes(choice: ToolsetChoice, { name, toolset, hints }: Action): boolean {
  return (
    (name === FOLLOW_UP || isChosen(choice, { name, toolset })) &&
    !choice.excluded.includes(name) &&
    (hints.readOnly || !choice.readOnly)
  );
}

/** Whether the tool is listed: what was asked for by name, else the core. What is only not listed can still be called. */
export function lists(choice: ToolsetChoice, action: Action): boolean {
  if (!includes(choice, action)) return false;
  if (choice.toolsets === null && choice.tools === null) return action.isCore;
  if (isChosen(choice, action)) return true;
  // Beside tools that were not named one by one, what their answers may send a model to.
  return choice.tools === null && choice.toolsets !== null && choice.toolsets.length > 0;
}

function isChosen({ toolsets, tools }: ToolsetChoice, { name, toolset }: Pick<Action, 'name' | 'toolset'>): boolean {
  return (toolsets?.includes(toolset) ?? true) && (tools?.includes(name) ?? true);
}

/** The same for the same choice, however it was written. */
export function keyOf({ toolsets, tools, excluded, readOnly }: ToolsetChoice): string {
  return JSON.stringify([toolsets?.toSorted() ?? null, tools?.toSorted() ?? null, excluded.toSorted(), readOnly]);
}

function narrowed(ofAddress: Toolset[] | null, ofHeader: Toolset[] | null): Toolset[] | null {
  return ofAddress === null ? ofHeader : ofAddress.filter((name) => ofHeader?.includes(name) ?? true);
}

function toolsetsOf(source: string, given: string | string[] | undefined): Toolset[] | null {
  const known = Object.keys(TOOLSETS).filter(isToolset);
  const names = namesOf(source, given, () => [ALL, ...known]);
  return names?.includes(ALL) ? known : (names?.filter(isToolset) ?? null);
}

/** Names separated by commas, each once; null when none are given. */
function namesOf(
  source: string,
  given: string | string[] | undefined,
  allowed: () => readonly string[],
): string[] | null {
  if (given === undefined) return null;
  const names = [...new Set([given].flat().flatMap((list) => list.split(',').map((name) => name.trim())))];
  const known = allowed();
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw refuse(source, unknown, known);
  return names;
}

function isYes(source: string, given: string | string[] | undefined): boolean {
  if (given === undefined) return false;
  const [word] = namesOf(source, [given].flat().join(',').toLowerCase(), () => ['true', 'false']) ?? [];
  return word === 'true';
}

function refuse(source: string, given: string, allowed: readonly string[]): HttpRefusal {
  return new HttpRefusal(
    400,
    `${source}: "${given.slice(0, 64)}" does not exist; allowed are ${allowed.join(', ')}.`,
    'Correct the address or the headers that the client is configured with.',
  );
}
