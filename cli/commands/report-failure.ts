import { toCliError } from '../client/cli-error.ts';
import { plainText } from '../client/plain-text.ts';

/** A failure for the person at the terminal, or as one JSON document for programs. */
export function renderFailure(error: unknown, asJson: boolean): string {
  const { code, message, hint, retryable, details, correlationId } = toCliError(error);
  // JSON leaves out what is undefined.
  if (asJson) return JSON.stringify({ code, message, hint, retryable, details, correlationId });
  const sentence = `convoy: ${code}: ${plainText(message)}`;
  return hint === undefined ? sentence : `${sentence}\n  ${plainText(hint)}`;
}
