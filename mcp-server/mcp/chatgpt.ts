import type { ListToolsResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Catalogue } from '../call/catalogue.ts';

const NAME = /^(chatgpt|openai-mcp)\b/i;
/** ChatGPT's client ids are addresses of its metadata documents. */
const CLIENT_ID = 'https://chatgpt.com/';

const Named = z.looseObject({
  params: z.looseObject({
    _meta: z.looseObject({ 'io.modelcontextprotocol/clientInfo': z.looseObject({ name: z.string() }) }),
  }),
});

/**
 * Whether ChatGPT asks: by the name that a request of 2026-07-28 carries, by the client its token was given to, or by its
 * user agent. It changes the form of answers only, never what is answered, so that nothing is gained by pretending.
 */
export function isChatGpt(body: unknown, { clientId }: Pick<Principal, 'clientId'>, userAgent: string): boolean {
  const name = Named.safeParse(body).data?.params._meta['io.modelcontextprotocol/clientInfo'].name;
  return NAME.test(name ?? '') || (clientId?.startsWith(CLIENT_ID) ?? false) || NAME.test(userAgent);
}

/** The key under which a tool's result asks ChatGPT to have its person grant more. */
export const CHALLENGE_META = 'mcp/www_authenticate';

const told = new WeakMap<ListToolsResult, ListToolsResult>();

/**
 * The list with each tool's scopes as ChatGPT reads them: it asks its person for them before the first call that needs
 * them. Left out for others, for whom it would only make the list longer.
 */
export function withSecuritySchemes(list: ListToolsResult, catalogue: Pick<Catalogue, 'find'>): ListToolsResult {
  const known = told.get(list);
  if (known !== undefined) return known;
  const tools = list.tools.map((tool) => {
    const scopes = catalogue.find(tool.name, 'mcp')?.scopes.slice(0, 1) ?? [];
    const securitySchemes = [{ type: 'oauth2', scopes }];
    return { ...tool, securitySchemes, _meta: { ...tool._meta, securitySchemes } };
  });
  const made = { ...list, tools };
  told.set(list, made);
  return made;
}
