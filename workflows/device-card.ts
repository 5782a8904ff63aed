import { setCurrentDetails } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import { changesOf, type Change, type Step } from '../shared/domain/change.ts';
import { sayLeft, type LeftObject } from '../shared/domain/left-object.ts';
import { fenced } from './markdown.ts';

/** Lines of a diff, or objects that are left, that a card shows. */
const LINES_SHOWN = 12;

/** What a change is doing now, on its workflow's page. */
export function show(input: DeviceChangeInput, doing: string, step?: Step): void {
  const lines = step ? ['', ...diff(changesOf([step]))] : [];
  setCurrentDetails([...heading(input, doing), ...lines].join('\n'));
}

/** How it ended, with what was changed or what is left. */
export function showEnd(input: DeviceChangeInput, { outcome, changes, error, snapshotId }: DeviceChangeResult): void {
  const lines = heading(input, outcome.replaceAll('_', ' '));
  if (error) lines.push('', `**${error.code}**: ${fenced(error.message, 1_000)}`);
  if (error?.hint) lines.push('', fenced(error.hint, 500));
  if (snapshotId) lines.push('', `The configuration before is ${fenced(snapshotId)}.`);
  const left = (error?.details?.['left'] ?? []) as LeftObject[];
  if (left.length > 0) lines.push('', '### Left on the device', '', ...listed(left.map(sayLeft)));
  else if (changes.length > 0) lines.push('', ...diff(changes));
  setCurrentDetails(lines.join('\n'));
}

function heading({ deviceName, cause }: DeviceChangeInput, doing: string): string[] {
  const why = cause.by === 'plan' ? `${cause.direction} ${cause.planId}` : cause.operation;
  return [`**${deviceName}**: ${doing}`, '', `For ${fenced(why)}`];
}

function diff(changes: readonly Change[]): string[] {
  return listed(changes.map(({ summary }) => summary));
}

function listed(texts: readonly string[]): string[] {
  const more = texts.length - LINES_SHOWN;
  return [
    ...texts.slice(0, LINES_SHOWN).map((text) => `- ${fenced(text, 300)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}
