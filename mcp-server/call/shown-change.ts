import { Change } from '../../shared/domain/change.ts';
import { untrusted } from '../../shared/operations/output-fields.ts';

/** Links are kept: a value is configuration, and would be another one without them. */
const Value = untrusted(1_000, { keepsLinks: true });

/** A line of a diff as answers show it: what was there before was written by people or the network. */
export const ShownChange = Change.extend({
  before: Value.nullable(),
  after: Value.nullable(),
  summary: untrusted(2_100, { keepsLinks: true }),
});
