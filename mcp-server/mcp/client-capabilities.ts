import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type ServerContext,
} from '@modelcontextprotocol/server';

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** What the client of a 2026-07-28 request says it can do; nothing for a client of 2025, whose requests do not say. */
export function capabilitiesOf({ mcpReq }: Pick<ServerContext, 'mcpReq'>): ClientCapabilities {
  const envelope: Record<string, unknown> = { ...mcpReq.envelope };
  return envelope[CLIENT_CAPABILITIES_META_KEY] ?? {};
}

export function knowsTasks({ extensions }: ClientCapabilities): boolean {
  return extensions?.[TASKS_EXTENSION] !== undefined;
}

/** `elicitation: {}` means forms too. */
export function knowsForms({ elicitation }: ClientCapabilities): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
