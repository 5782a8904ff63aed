import type { z } from 'zod';
import { CONTRADICTION } from '../../domain/policy/policy-fields.ts';
import { keyOf, showGiven, valueAt } from './given-value.ts';
import { nearest } from './nearest.ts';

/**
 * What is wrong with a file of rules, in sentences with the key, what was given and what is allowed. `whole` names the file's
 * content: `The policy`.
 */
export function describeIssue(issue: z.core.$ZodIssue, content: unknown, whole: string): string[] {
  const key = keyOf(issue.path) || whole;
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.replace(/^.*?(keys|role:) /, '').split(', ');
    return issue.keys.map((unknown) => {
      const near = nearest(unknown, known);
      const meant = near === null ? '' : ` Did you mean ${near}?`;
      return `${keyOf([...issue.path, unknown])} is not known here; allowed is ${issue.message}.${meant}`;
    });
  }
  if (issue.code === 'custom' && issue.params?.['is'] === CONTRADICTION) return [`${key} ${issue.message}.`];
  // Of a name that cannot be one, the value below it says nothing.
  const given = issue.code === 'invalid_key' ? issue.path.at(-1) : valueAt(content, issue.path);
  if (given === undefined) return [`${key} is missing; allowed is ${issue.message}.`];
  const near =
    issue.code === 'invalid_value' ? nearest(typeof given === 'string' ? given : '', issue.values.map(String)) : null;
  return [
    `${key}: given ${showGiven(given)}, allowed is ${issue.message}.${near === null ? '' : ` Did you mean ${near}?`}`,
  ];
}
