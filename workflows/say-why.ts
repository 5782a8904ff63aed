import type { ErrorBody } from '../shared/errors/app-error.ts';

/** An error as the status of a plan says it. */
export function sayWhy({ code, message }: ErrorBody): string {
  return `${code}: ${message}`;
}
