import { plainText } from '../../client/plain-text.ts';
import type { FoundDevice } from '../../client/shapes.ts';

/** What a router said when it was connected to, one fact a line. */
export function renderFound(found: FoundDevice['found']): string {
  const facts: [string, string | null][] = [
    ['identity', plainText(found.identity)],
    ['model', plainText(found.model ?? 'unknown')],
    ['version', plainText(found.version)],
    ['certificate', found.fingerprint256 ?? 'none (plaintext)'],
    ['SSH host key', found.sshHostKey],
  ];
  return facts
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(12)} ${value}`)
    .join('\n');
}
