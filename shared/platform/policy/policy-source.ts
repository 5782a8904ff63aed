import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { DEFAULT_POLICY, type Policy } from '../../domain/policy/policy.ts';
import { AppError } from '../../errors/app-error.ts';
import { watchContent } from '../config/watched-file.ts';
import { parsePolicy } from './parse-policy.ts';

/** The policy that holds at this moment. */
export interface PolicySource {
  current(): Policy;
}

/** A policy from a file, taken anew when the file changes. */
export interface PolicyFile extends PolicySource {
  /** Reads the file again. One that cannot be used is logged, and the policy before it stays. */
  reload(): Promise<void>;
  /** The policy in use is told at once, and every one that is read after it. */
  onTaken(hear: (policy: Policy) => void): void;
  close(): void;
}

export interface PolicyFileOptions {
  /** CONVOY_POLICY_FILE. Not given: `DEFAULT_POLICY` holds for ever. */
  file: string | undefined;
  log: Pick<Logger, 'info' | 'error'>;
  /** How often it is looked whether the file changed, milliseconds. Default 5 000. */
  lookMs?: number;
}

/** A policy that never changes. Default: `DEFAULT_POLICY`. */
export function fixedPolicy(policy: Policy = DEFAULT_POLICY): PolicySource {
  return { current: () => policy };
}

/** Reads the policy file. Fails with INVALID_CONFIGURATION naming every problem; `details.problems` holds them as a list. */
export async function readPolicy(file: string): Promise<Policy> {
  const yaml = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  });
  const { policy, problems } = parsePolicy(yaml);
  if (policy === null) throw unusable(file, problems);
  return policy;
}

/** Opens the policy of a process; a file that cannot be used keeps the process from starting. */
export async function openPolicy({ file, log, lookMs }: PolicyFileOptions): Promise<PolicyFile> {
  if (file === undefined) {
    return { ...fixedPolicy(), reload: async () => {}, onTaken: (hear) => hear(DEFAULT_POLICY), close: () => {} };
  }
  return watchContent({ file, name: 'policy', read: () => readPolicy(file), log, lookMs });
}

function unusable(file: string, problems: string[], cause?: unknown): AppError {
  return new AppError('INVALID_CONFIGURATION', {
    message: `The policy file ${file} cannot be used. ${problems.join(' ')}`,
    hint: 'Try it with "convoy policy check <file>".',
    details: { problems },
    cause,
  });
}
