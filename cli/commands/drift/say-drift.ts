import type { DriftView } from '../../client/drift-shapes.ts';
import { plainText } from '../../client/plain-text.ts';

/** `drf_… ~ lab-01 /ip/dns: servers "192.0.2.1" → "9.9.9.9", by admin at 10:00`; what routers say stands in quotes. */
export function sayDrift({ driftId, deviceName, menu, object, kind, ...drift }: DriftView): string {
  const what = `${SIGNS[kind] ?? '?'} ${deviceName} ${menu}${object === '' ? '' : ` ${object}`}`;
  const changes = drift.differences.map(({ field, baseline, found }) => `${field} ${said(baseline)} → ${said(found)}`);
  const { author, acknowledgement } = drift;
  const by = author === null ? '' : `, by ${author.by}${author.at === null ? '' : ` at ${author.at}`}`;
  const until =
    acknowledgement === null
      ? ''
      : ` (expected until ${acknowledgement.until}: ${JSON.stringify(acknowledgement.reason)})`;
  const list = changes.length === 0 ? '' : `: ${changes.join(', ')}`;
  return plainText(`${driftId} ${what}${list}${by}${until}`);
}

function said(value: string | null): string {
  return value === null ? 'not set' : JSON.stringify(value);
}

const SIGNS: Readonly<Record<string, string>> = { added: '+', removed: '-', changed: '~', moved: '>' };
