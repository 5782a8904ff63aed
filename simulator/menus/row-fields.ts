import type { Field, Item, RouterView } from '../engine/definition.ts';
import { boolean, text } from '../values/field-types.ts';

/** `comment`: absent until written, an empty text removes it. */
export const comment: Field = { type: text, emptyClears: true };

/** `disabled`: always printed. */
export const disabled: Field = { type: boolean, default: 'false' };

/** `dynamic`: did the router make the row itself? */
export const dynamic: Field = { type: boolean, compute: (item) => String(item.dynamic) };

/** A read-only field whose value is computed at every print. */
export const computed = (compute: (item: Item, router: RouterView) => string | undefined): Field => ({
  type: text,
  compute,
});
