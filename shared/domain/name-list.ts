/** Names spelled out in a sentence. */
const NAMED_AT_MOST = 10;

/** The names for a sentence, such as "a, b and 3 more". */
export function listed(names: readonly string[], most = NAMED_AT_MOST): string {
  const more = names.length - most;
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Some of all devices of a plan, named: "3 of 40 devices (a, b, c)". */
export function someOf(names: readonly string[], total: number): string {
  return total === 1 ? listed(names) : `${names.length} of ${total} devices (${listed(names)})`;
}
