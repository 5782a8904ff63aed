import { z } from 'zod';

/** What may be given for a field is its message: the loader puts the key and what was given in front of it. */

/** An object that refuses unknown keys and says which there are. */
export function PolicyObject<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const allowed = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `one of the keys ${allowed}` : `an object of ${allowed}`),
  });
}

export function whole(min: number, max: number): z.ZodInt {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number above 0, such as 0.5. */
export function positive(max: number): z.ZodNumber {
  const error = `a number above 0 and at most ${max}`;
  return z.number({ error }).gt(0, { error }).max(max, { error });
}

export function text(mostChars: number): z.ZodString {
  const error = `a text of 1 to ${mostChars} characters`;
  return z.string({ error }).min(1, { error }).max(mostChars, { error });
}

export function pattern(regex: RegExp, allowed: string): z.ZodString {
  return z.string({ error: allowed }).regex(regex, { error: allowed });
}

export function yesOrNo(): z.ZodBoolean {
  return z.boolean({ error: 'true or false' });
}

/** A list of at least one entry. */
export function listOf<Entry extends z.ZodType>(entry: Entry, allowed: string): z.ZodArray<Entry> {
  return z.array(entry, { error: allowed }).min(1, { error: `${allowed}, with at least one entry` });
}

export function oneOf<const Value extends string>(values: readonly Value[]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

/** Rules by name; names are what refusals name. */
export function rulesOf<Rule extends z.ZodType>(rule: Rule) {
  const error = 'rules by name; a name is 1 to 64 lower-case letters, digits, "." or "-"';
  return z
    .record(z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, { error }), rule, {
      error,
    })
    .default({});
}

/** What an issue of `contradiction` carries: its message is a sentence about the key, not what may be given for it. */
export const CONTRADICTION = 'contradiction';

/** Adds that what was given for the key contradicts something else, as the end of a sentence that begins with the key. */
export function contradiction(context: z.RefinementCtx, path: string[], message: string): void {
  context.addIssue({ code: 'custom', path, message, params: { is: CONTRADICTION } });
}
