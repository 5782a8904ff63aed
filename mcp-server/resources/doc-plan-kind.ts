import { defineResource } from './define-resource.ts';
import { documentText } from './document-text.ts';

export const docPlanKind = defineResource({
  name: 'doc_plan_kind',
  title: 'About a kind of plan',
  description: 'What a kind of plan changes, and how it is proposed, approved and carried out.',
  uri: 'convoy://docs/plan-kind/{kind}',
  mimeType: 'text/plain',
  action: 'fetch',
  arguments: ({ kind }) => ({ id: `doc:plan-kind/${kind}` }),
  render: documentText,
  ttlMs: 300_000,
});
