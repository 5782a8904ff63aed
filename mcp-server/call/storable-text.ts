import { AppError } from '../../shared/errors/app-error.ts';
import { pathText } from './path-text.ts';

/** A step into a value; linked, because a hostile value may be a hundred thousand levels deep. */
interface Place {
  value: unknown;
  key: PropertyKey | null;
  above: Place | null;
}

/**
 * Fails with VALIDATION_ERROR, naming the key, when a text inside the value holds U+0000 or half a surrogate pair: neither
 * can be stored (PostgreSQL's `text`) nor written as UTF-8, so whatever was shown or approved would not be what was given.
 */
export function refuseUnstorableText(given: unknown): void {
  const open: Place[] = [{ value: given, key: null, above: null }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const above = place;
    const { value } = place;
    if (typeof value === 'string' && !isStorable(value)) throw refusal(place, 'text');
    if (value === null || typeof value !== 'object') continue;
    for (const [key, member] of Object.entries(value)) {
      const inside = { value: member, key: Array.isArray(value) ? Number(key) : key, above };
      if (!isStorable(key)) throw refusal(inside, 'name');
      open.push(inside);
    }
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function refusal(place: Place, what: 'text' | 'name'): AppError {
  const path: PropertyKey[] = [];
  for (let at: Place | null = place; at !== null && path.length < 20; at = at.above) {
    if (at.key !== null) path.unshift(at.key);
  }
  const key = pathText(path).toWellFormed().replaceAll('\0', '\u{FFFD}');
  return new AppError('VALIDATION_ERROR', {
    message: `${key}: the ${what} holds a character that is none (U+0000 or half of a surrogate pair).`,
    hint: 'Leave that character out.',
    details: { problems: [{ path: key, message: 'holds U+0000 or half of a surrogate pair' }] },
  });
}
