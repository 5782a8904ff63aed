import { defineResource } from './define-resource.ts';
import { documentText } from './document-text.ts';

export const docOperation = defineResource({
  name: 'doc_operation',
  title: 'About an operation',
  description: 'What one router can be asked: arguments, answer, menus, and what it takes.',
  uri: 'convoy://docs/operation/{operation}',
  mimeType: 'text/plain',
  action: 'fetch',
  arguments: ({ operation }) => ({ id: `doc:operation/${operation}` }),
  render: documentText,
  ttlMs: 300_000,
});
