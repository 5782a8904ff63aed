import type { Surroundings } from './surroundings.ts';

export interface Finding {
  ok: boolean;
  sentence: string;
  /** What to do, when something is wrong. */
  advice?: string;
}

export interface CheckResult extends Finding {
  name: string;
}

export interface Check {
  name: string;
  check: (surroundings: Surroundings) => Promise<Finding>;
}

export function fine(sentence: string): Finding {
  return { ok: true, sentence };
}

export function wrong(sentence: string, advice: string): Finding {
  return { ok: false, sentence, advice };
}
