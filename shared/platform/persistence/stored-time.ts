/** ISO 8601 in UTC, of a `timestamptz` as the driver or MikroORM gives it. */
export function toIsoTime(stored: Date | string): string {
  return new Date(stored).toISOString();
}
