import { createHash } from 'node:crypto';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Device } from '../../domain/device.ts';

/**
 * Names what is shown of a device at one moment, 22 characters: equal exactly as long as nothing of it changed, be it by an
 * edit, by what the router said or by its breaker. The strong entity tag of the API.
 */
export function deviceTag(device: Device): string {
  return createHash('sha256').update(canonicalJson(device)).digest('base64url').slice(0, 22);
}
