import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { redactFields } from '../telemetry/redaction.ts';

/**
 * SHA-256, hex, of arguments with their secrets masked, as canonical JSON: whoever knows what was asked can prove it, and
 * a short password cannot be guessed from it.
 */
export function digestOfArguments(given: Record<string, unknown>): string {
  return digestOfMasked(redactFields(given));
}

/** The same of arguments whose secrets are masked already. */
export function digestOfMasked(masked: Record<string, unknown>): string {
  return createHash('sha256').update(canonicalJson(masked)).digest('hex');
}
