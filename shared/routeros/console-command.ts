import { consoleArgument, consoleCondition, consoleMenu, consoleWord, quoteText } from './console-quote.ts';
import type { RouterValues } from '../domain/change.ts';

/** Fields of a row or a singleton, as the commands below take them: in the form REST shows. */
type Values = RouterValues;

/** `/ip/dns/set servers="9.9.9.9"` */
export function setSingleton(menu: string, values: Values): string {
  return `${consoleMenu(menu)}/set ${argumentsOf(values)}`;
}

/**
 * Adds the row unless there is one that `key` names, so that running it twice makes one row. `placeBefore` names the row
 * of an ordered menu in front of which it belongs; when that one is gone, the row is added at the end.
 */
export function addRow(menu: string, key: Values, values: Values, placeBefore: Values | null = null): string {
  const add = `${consoleMenu(menu)}/add ${argumentsOf(values)}`;
  const placed = placeBefore === null ? add : `:do {${add} place-before=${find(menu, placeBefore)}} on-error={${add}}`;
  return `:if ([:len ${find(menu, key)}] = 0) do={${placed}}`;
}

/** Sets fields of the row, and takes back those in `unset`. Does nothing when there is no such row. */
export function changeRow(menu: string, key: Values, values: Values, unset: readonly string[] = []): string {
  const taken = unset.map((field) => `!${consoleWord(field)}`);
  return `${consoleMenu(menu)}/set ${[find(menu, key), argumentsOf(values), ...taken].filter((part) => part !== '').join(' ')}`;
}

/** Does nothing when there is no such row. */
export function removeRow(menu: string, key: Values): string {
  return `${consoleMenu(menu)}/remove ${find(menu, key)}`;
}

/** In front of another row of an ordered menu, or to its end. */
export function moveRow(menu: string, key: Values, before: Values | null): string {
  const destination = before === null ? '' : ` destination=${find(menu, before)}`;
  return `${consoleMenu(menu)}/move ${find(menu, key)}${destination}`;
}

/** `[/ip/address/find address="10.0.0.1/24"]` */
function find(menu: string, key: Values): string {
  const conditions = Object.entries(key).map(([field, value]) =>
    isSwitch(field, value) ? `${consoleWord(field)}=${SWITCH[value]}` : consoleCondition(field, value),
  );
  return `[${consoleMenu(menu)}/find ${conditions.join(' ')}]`;
}

function argumentsOf(values: Values): string {
  return Object.entries(values)
    .map(([field, value]) => {
      if (FLAGS.has(field) && value === '') return consoleWord(field);
      return isSwitch(field, value) ? `${consoleWord(field)}=${SWITCH[value]}` : consoleArgument(field, value);
    })
    .join(' ');
}

/** The console writes yes and no where REST writes true and false; in what people write freely the words stay. */
function isSwitch(field: string, value: string): value is keyof typeof SWITCH {
  return Object.hasOwn(SWITCH, value) && !FREE_TEXT.test(field);
}

const SWITCH = { true: 'yes', false: 'no' } as const;
const FREE_TEXT = /(^|-)(name|list|comment|chain|mark|password|prefix|script|event|source|text|note|location|contact)$/;
/** Fields that are there or not, without a value; REST shows them as `""`. */
const FLAGS: ReadonlySet<string> = new Set(['blackhole', 'fib', 'passive', 'no-summaries']);

/** One command that stops nothing when it fails; the failure leaves a line in the log. */
export function attempt(command: string, whenItFails: string): string {
  return `:do {${command}} on-error={:log error ${quoteText(whenItFails)}}`;
}
