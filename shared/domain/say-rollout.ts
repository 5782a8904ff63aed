import type { RolloutOptions } from './plan.ts';

/** How a plan would be carried out, for whoever decides on it; each a sentence. */
export interface RolloutWords {
  /** In which steps devices are changed. */
  how: string;
  /** What begins it, and when at the earliest. */
  start: string;
  /** What happens when devices fail. */
  onFailure: string;
  /** How long it can be taken back. */
  takeBack: string;
}

/** Says what the options of a rollout mean for so many devices. Pure. */
export function sayRollout(options: RolloutOptions, deviceCount: number): RolloutWords {
  return {
    how: sayHow(options, deviceCount),
    start: sayStart(options),
    onFailure: sayFailure(options),
    takeBack: sayTakeBack(options.rollbackWindowSeconds),
  };
}

/** Seconds as people say them: "90 seconds", "5 minutes", "24 hours". Whole units only. */
export function sayDuration(seconds: number): string {
  const [size, unit] =
    seconds > 0 && seconds % 86_400 === 0 && seconds > 86_400
      ? [86_400, 'day']
      : seconds > 0 && seconds % 3_600 === 0
        ? [3_600, 'hour']
        : seconds > 0 && seconds % 60 === 0
          ? [60, 'minute']
          : [1, 'second'];
  return counted(seconds / size, unit);
}

function sayHow(options: RolloutOptions, deviceCount: number): string {
  const { canary, batchSize, batchGrowth, maxBatchSize, maxParallel, maxParallelPerSite, pauseSeconds } = options;
  const watched = pauseSeconds === 0 ? '' : `, and watched for ${sayDuration(pauseSeconds)}`;
  if (deviceCount <= 1) return deviceCount === 0 ? 'No device is changed.' : `One device is changed${watched}.`;
  const first = Math.min(canary, deviceCount);
  const rest = deviceCount - first;
  const canaries = first === 0 ? '' : `A canary of ${counted(first, 'device')}`;
  const growing =
    batchGrowth > 1 && rest > batchSize ? `, each ${batchGrowth} times the last, ${maxBatchSize} at most` : '';
  const largest = Math.min(rest, batchGrowth > 1 ? maxBatchSize : batchSize);
  const batches = rest <= batchSize ? `${counted(rest, 'device')} at once` : `batches of ${batchSize}${growing}`;
  const steps = rest === 0 ? canaries : first === 0 ? capital(batches) : `${canaries}, then ${batches}`;
  const isOneStep = rest === 0 || (first === 0 && rest <= batchSize);
  const pause = isOneStep || watched === '' ? watched : `, each watched for ${sayDuration(pauseSeconds)}`;
  const bounds = [
    ...(maxParallel < Math.max(first, largest) ? [`${maxParallel} devices at the same time at most`] : []),
    ...(maxParallelPerSite === undefined ? [] : [`${maxParallelPerSite} of one site`]),
  ];
  return `${steps}${pause}${bounds.length === 0 ? '' : `; ${bounds.join(', ')}`}.`;
}

function sayStart({ apply, notBefore }: RolloutOptions): string {
  const asked = apply === 'on_request' ? 'when somebody asks for it after the approval' : 'as soon as it is approved';
  return `It starts ${asked}${notBefore === undefined ? '' : `, not before ${notBefore}`}.`;
}

function sayFailure(options: RolloutOptions): string {
  const { maxFailures, maxFailurePercent, autoRollback, rollbackScope, unreachableSeconds } = options;
  const percent = maxFailurePercent < 100 ? ` or ${maxFailurePercent} % of all` : '';
  const budget =
    maxFailures === 0 ? 'If any device fails' : `If more than ${counted(maxFailures, 'device')}${percent} fail`;
  const undone = rollbackScope === 'all' ? 'every device changed so far is put back' : 'its batch is put back';
  const then = autoRollback ? `${undone} and the rollout pauses` : 'the rollout pauses; what is changed stays changed';
  const away =
    unreachableSeconds === 0
      ? 'A device that cannot be reached counts as failed at once.'
      : `A device that cannot be reached is tried again for ${sayDuration(unreachableSeconds)} before it counts as failed.`;
  return `A device that fails is put back by itself. ${budget}, ${then} until a person decides. ${away}`;
}

function sayTakeBack(seconds: number): string {
  if (seconds === 0) return 'Once it has ended it cannot be taken back in one step.';
  return `It can be taken back, device by device in reverse order, until ${sayDuration(seconds)} after it has ended.`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
