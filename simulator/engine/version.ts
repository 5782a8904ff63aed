/** Is `version` at least `since` (both `major.minor[.patch]`, suffixes such as `rc1` ignored)? */
export function isAtLeast(version: string, since: string): boolean {
  const left = parts(version);
  const right = parts(since);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function parts(version: string): number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10) || 0);
}
