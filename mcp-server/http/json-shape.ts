import { pathText } from '../call/path-text.ts';
import { HttpRefusal } from './problem.ts';

/** Levels of lists and objects in a body, elements of one list, and values in all. */
export const MAX_JSON_DEPTH = 32;
export const MAX_JSON_ELEMENTS = 10_000;
export const MAX_JSON_VALUES = 100_000;

/** A step into a value; linked, because a hostile value may be a hundred thousand levels deep. */
interface Place {
  value: unknown;
  key: PropertyKey | null;
  above: Place | null;
  depth: number;
}

/**
 * Refuses, by the path of what is wrong, a body no call of ours could want: too deep, a list too long, too many values, or a
 * name that objects have of themselves. Everything behind it may walk the body without counting.
 */
export function refuseWildJson(body: unknown): void {
  const open: Place[] = [{ value: body, key: null, above: null, depth: 0 }];
  let values = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    values += 1;
    if (values > MAX_JSON_VALUES) throw refusal(null, `holds more than ${MAX_JSON_VALUES} values`);
    const above = place;
    const { value, depth } = place;
    if (value === null || typeof value !== 'object') continue;
    if (depth >= MAX_JSON_DEPTH) throw refusal(place, `is nested deeper than ${MAX_JSON_DEPTH} levels`);
    if (Array.isArray(value)) {
      if (value.length > MAX_JSON_ELEMENTS) {
        throw refusal(place, `has ${value.length} elements; ${MAX_JSON_ELEMENTS} are allowed`);
      }
      for (const [key, member] of value.entries()) open.push({ value: member, key, above, depth: depth + 1 });
      continue;
    }
    for (const [key, member] of Object.entries(value)) {
      const inside = { value: member, key, above, depth: depth + 1 };
      // Schemas pass over this one without a word, and nobody means it.
      if (key === '__proto__') throw refusal(inside, 'this field does not exist', 'Leave it out.');
      open.push(inside);
    }
  }
}

const SHOWN_LEVELS = 5;
const SHOWN_KEY_CHARS = 40;

/** The outermost levels of the path: what lies below is known to be wild. */
function refusal(place: Place | null, what: string, hint = 'Send less, or in several calls.'): HttpRefusal {
  const path: PropertyKey[] = [];
  for (let at = place; at !== null; at = at.above) if (at.key !== null) path.unshift(shown(at.key));
  const text = pathText(path.slice(0, SHOWN_LEVELS));
  const where = path.length === 0 ? 'The body' : path.length > SHOWN_LEVELS ? `${text}…` : text;
  return new HttpRefusal(422, `${where}: ${what}.`, hint);
}

function shown(key: PropertyKey): PropertyKey {
  return typeof key === 'string' ? key.slice(0, SHOWN_KEY_CHARS).toWellFormed() : key;
}
