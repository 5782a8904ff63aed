import { canonicalJson } from '../domain/canonical-json.ts';
import type { Step } from '../domain/change.ts';

export interface DigestSource {
  kind: string;
  input: unknown;
  devices: readonly { deviceId: string; captured: unknown; steps: readonly Step[] }[];
}

/**
 * The text whose SHA-256 is a plan's digest: what was asked, what was found and what will be written, device by device.
 * Equal plans have equal texts, whatever order their rows and keys come in.
 */
export function digestInput({ kind, input, devices }: DigestSource): string {
  const ordered = devices
    .map(({ deviceId, captured, steps }) => ({ deviceId, captured, steps }))
    .sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
  return canonicalJson({ kind, input, devices: ordered });
}
