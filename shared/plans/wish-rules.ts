/** A name that stands twice in a list of wishes, as a sentence; null when none does. */
export function twice(list: string, names: readonly string[]): string | null {
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  return index === -1 ? null : `${list}[${index}] is the same as ${list}[${names.indexOf(names[index] ?? '')}]`;
}

/** A wish to remove something that says more than what it names it by, as a sentence; null when none does. */
export function absentWithMore(
  list: string,
  wishes: readonly { state: 'present' | 'absent' }[],
  names: readonly string[],
): string | null {
  for (const [index, { state, ...fields }] of wishes.entries()) {
    const extra = Object.entries(fields).find(([field, value]) => !names.includes(field) && value !== undefined);
    if (state === 'absent' && extra) return `${list}[${index}] is removed and takes no ${extra[0]}`;
  }
  return null;
}
