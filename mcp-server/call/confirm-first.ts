import { AppError } from '../../shared/errors/app-error.ts';
import type { Target } from './action.ts';
import type { Attempt } from './record-audit.ts';

/** What a person is asked before something destructive: ids, numbers and words of ours only. */
export interface Question {
  message: string;
}

/**
 * Asks the caller's person. `undecided`: they have not answered, and the call may be made again with their answer. Only
 * `given` lets the call go on; it guards against a mistaken model and is never an approval.
 */
export type Confirm = (question: Question) => Promise<'given' | 'refused' | 'undecided'>;

/** Fails with NOT_CONFIRMED unless nobody is to be asked or the person confirms. A refusal is recorded by `refuse`. */
export async function confirmFirst(
  { action, request, target }: Attempt,
  refuse: (error: unknown) => Promise<never>,
): Promise<void> {
  if (action.asksFirst !== true || request.confirm === undefined) return;
  const answer = await request.confirm({ message: `${action.title}: ${aboutOf(target)}. Go on?` });
  if (answer === 'given') return;
  const error = new AppError('NOT_CONFIRMED', { hint: 'Ask the person what they want instead.' });
  if (answer === 'refused') await refuse(error);
  throw error;
}

function aboutOf(target: Target | null): string {
  if (target?.on === 'plan') {
    const { planId, devices, status } = target.plan;
    return `plan ${planId}, ${devices.length} devices, now ${status}`;
  }
  if (target?.on === 'device') return `device ${target.device.deviceId}`;
  if (target?.on === 'fleet') return `${target.devices.length} devices`;
  return 'this cannot be undone';
}
