/** Fields that are there or not, without a value; REST shows those that are there as `""`. */
export const PRESENCE_FLAGS: ReadonlySet<string> = new Set(['blackhole', 'fib', 'passive', 'no-summaries']);

/** What a field of a router's record holds, for people to read; null when the record has no such field. */
export function sayValue(field: string, value: string | null): string {
  if (value === '' && PRESENCE_FLAGS.has(field)) return '(set)';
  return value === null || value === '' ? '(none)' : value;
}
