import { consoleArgument, consoleCondition, consoleMenu, consoleWord, quoteText } from './console-quote.ts';
import type { RouterValues } from '../domain/change.ts';
import { PRESENCE_FLAGS } from '../domain/say-value.ts';

/** Fields of a row or a singleton, as the commands below take them: in the form REST shows. */
type Values = RouterValues;

/** `/ip/dns/set servers="9.9.9.9"` */
export function setSingleton(menu: string, values: Values): string {
  return `${consoleMenu(menu)}/set ${argumentsOf(values)}`;
}

/** A list menu whose rows are named by what they hold. */
export interface RowMenu {
  path: string;
  /** Rows that the router made itself are not meant; only for menus that tell such rows, since others know no `dynamic`. */
  configuredOnly?: boolean;
}

/**
 * Adds the row unless there is one that `key` names, so that running it twice makes one row. `placeBefore` names the row
 * of an ordered menu in front of which it belongs; when that one is gone, the row is added at the end.
 */
export function addRow(menu: RowMenu, key: Values, values: Values, placeBefore: Values | null = null): string {
  const add = `${consoleMenu(menu.path)}/add ${argumentsOf(values)}`;
  const placed = placeBefore === null ? add : `:do {${add} place-before=${find(menu, placeBefore)}} on-error={${add}}`;
  return `:if ([:len ${find(menu, key)}] = 0) do={${placed}}`;
}

/** Sets fields of the row, and takes back those in `unset`. Does nothing when there is no such row. */
export function changeRow(menu: RowMenu, key: Values, values: Values, unset: readonly string[] = []): string {
  const taken = unset.map((field) => `!${consoleWord(field)}`);
  const words = [find(menu, key), argumentsOf(values), ...taken].filter((word) => word !== '');
  return `${consoleMenu(menu.path)}/set ${words.join(' ')}`;
}

/** Does nothing when there is no such row. */
export function removeRow(menu: RowMenu, key: Values): string {
  return `${consoleMenu(menu.path)}/remove ${find(menu, key)}`;
}

/** In front of another row of an ordered menu, or to its end. */
export function moveRow(menu: RowMenu, key: Values, before: Values | null): string {
  const destination = before === null ? '' : ` destination=${find(menu, before)}`;
  return `${consoleMenu(menu.path)}/move ${find(menu, key)}${destination}`;
}

/** `[/ip/service/find where name="www" and !dynamic]`: a row that cannot be written would stop the command for all. */
function find({ path, configuredOnly = false }: RowMenu, key: Values): string {
  const conditions = Object.entries(key).map(([field, value]) => {
    if (isFlag(field, value)) return consoleWord(field);
    return isSwitch(field, value) ? `${consoleWord(field)}=${SWITCH[value]}` : consoleCondition(field, value);
  });
  if (configuredOnly && key['dynamic'] === undefined) conditions.push('!dynamic');
  return `[${consoleMenu(path)}/find where ${conditions.join(' and ')}]`;
}

function argumentsOf(values: Values): string {
  return Object.entries(values)
    .map(([field, value]) => {
      if (isFlag(field, value)) return consoleWord(field);
      return isSwitch(field, value) ? `${consoleWord(field)}=${SWITCH[value]}` : consoleArgument(field, value);
    })
    .join(' ');
}

function isFlag(field: string, value: string): boolean {
  return PRESENCE_FLAGS.has(field) && value === '';
}

/** The console writes yes and no where REST writes true and false; in what people write freely the words stay. */
function isSwitch(field: string, value: string): value is keyof typeof SWITCH {
  return Object.hasOwn(SWITCH, value) && !FREE_TEXT.test(field);
}

const SWITCH = { true: 'yes', false: 'no' } as const;
const FREE_TEXT =
  /(^|-)(name|list|comment|chain|mark|password|prefix|script|event|source|text|note|location|contact)$|(^|\.)ssid$/;

/** One command that stops nothing when it fails; the failure leaves a line in the log. */
export function attempt(command: string, whenItFails: string): string {
  return `:do {${command}} on-error={:log error ${quoteText(whenItFails)}}`;
}
