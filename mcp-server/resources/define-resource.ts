import type { Role } from '../../shared/domain/principal.ts';

/** One thing a host may read and keep beside the conversation: the answer of an action under an address. */
export interface Resource {
  /** Names it in lists. */
  name: string;
  title: string;
  /** For people and models: what it shows, and how fresh. */
  description: string;
  /** The address, or its template (RFC 6570 with `{variable}`, and `{?cursor}` where the action answers in pages). */
  uri: string;
  mimeType: 'application/json' | 'text/plain';
  /** What is asked; who may not call it does not see the resource. */
  action: string;
  /** Who sees it, where the action lets others ask for other things only. Default: whoever may call the action. */
  roles?: readonly Role[];
  /** The action's arguments from the address' variables. Default: the variables themselves. */
  arguments?: (variables: Variables) => Record<string, unknown>;
  /** The text from the answer. Default: the answer as JSON. */
  render?: (output: Record<string, unknown>) => string;
  /** The answer's list that is split over pages where the whole is too large, when the action has no pages of its own. */
  splits?: string;
  /** Fields of the answer that its pages leave out, because the list says the same. Default: none. */
  without?: readonly string[];
  /** Clients may subscribe to it: what changes it. Default: nobody tells when it changes. */
  changesWith?: 'device' | 'health' | 'plan' | 'fleet';
  /** How long a client may keep it, milliseconds. */
  ttlMs: number;
}

export type Variables = Readonly<Record<string, string>>;

/** An address that was taken apart; `cursor` is where the page begins. */
export interface Address {
  resource: Resource;
  variables: Variables;
  cursor: string | null;
}

const CURSOR = '{?cursor}';
/** Longest address that is looked at. */
const MAX_URI_CHARS = 2_000;

/** Declares a resource; throws at load when its address is not one of ours. */
export function defineResource(resource: Resource): Resource {
  if (!/^convoy:\/\/[a-z-]+(\/([a-z-]+|\{[a-zA-Z]+\}))+(\{\?cursor\})?$/.test(resource.uri)) {
    throw new Error(`resource "${resource.name}": "${resource.uri}" is no address of a resource`);
  }
  return resource;
}

export function isTemplate({ uri }: Resource): boolean {
  return variablesOf(uri).length > 0;
}

/** Names of the variables of an address, without the cursor. */
export function variablesOf(uri: string): string[] {
  return [...uri.matchAll(/\{([a-zA-Z]+)\}/g)].map(([, name]) => name ?? '');
}

/** Which resource the address is of; null when of none. */
export function findResource(resources: readonly Resource[], uri: string): Address | null {
  if (uri.length > MAX_URI_CHARS) return null;
  for (const resource of resources) {
    const found = match(resource, uri);
    if (found !== null) return found;
  }
  return null;
}

/** The address of another page of the same resource. */
export function pageUri(uri: string, cursor: string): string {
  return `${uri.split('?')[0]}?cursor=${encodeURIComponent(cursor)}`;
}

function match(resource: Resource, uri: string): Address | null {
  const isPaged = resource.uri.endsWith(CURSOR) || resource.splits !== undefined;
  const [path = '', query] = uri.split('?', 2);
  const cursor = query === undefined ? null : cursorOf(query);
  if (query !== undefined && (!isPaged || cursor === null)) return null;
  const names = resource.uri.replace(CURSOR, '').split('/');
  const given = path.split('/');
  if (names.length !== given.length) return null;
  const variables: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = given[index] ?? '';
    if (!name.startsWith('{')) {
      if (name !== value) return null;
      continue;
    }
    const decoded = percentDecoded(value);
    if (decoded === null || decoded === '') return null;
    variables[name.slice(1, -1)] = decoded;
  }
  return { resource, variables, cursor };
}

function cursorOf(query: string): string | null {
  const [name, value, ...more] = query.split(/[=&]/);
  return name === 'cursor' && value !== undefined && more.length === 0 ? percentDecoded(value) : null;
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
