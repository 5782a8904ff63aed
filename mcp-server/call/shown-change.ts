import { Change } from '../../shared/domain/change.ts';
import { untrusted } from '../../shared/operations/output-fields.ts';

/** Whole: people approve what they see here. Links are kept: a value is configuration, and another one without them. */
const Value = untrusted(64_000, { keepsLinks: true });

/** A line of a diff as answers show it: what was there before was written by people or the network. */
export const ShownChange = Change.extend({
  before: Value.nullable(),
  after: Value.nullable(),
  summary: untrusted(130_000, { keepsLinks: true }),
});
