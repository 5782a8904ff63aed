import { InvalidArgumentError } from 'commander';
import { CAPABILITY_FLAGS } from '../../../shared/domain/device.ts';

/** Parses a number option; the message names what was given. */
export function numberOption(given: string): number {
  const value = Number(given);
  if (given.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`${JSON.stringify(given)} is not a number.`);
}

/** Collects repeated capability flags and refuses unknown ones with the list of known ones. */
export function capabilityOption(given: string, before: string[] = []): string[] {
  if ((CAPABILITY_FLAGS as readonly string[]).includes(given)) return [...before, given];
  throw new InvalidArgumentError(`Known are ${CAPABILITY_FLAGS.join(', ')}.`);
}

/** `{ flag: value }` for each of the names; undefined for none. */
export function flagsObject(names: readonly string[] | undefined, value: boolean): Record<string, boolean> {
  return Object.fromEntries((names ?? []).map((name) => [name, value]));
}
