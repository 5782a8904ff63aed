import { defineResource } from './define-resource.ts';
import { documentText } from './document-text.ts';

export const docToolset = defineResource({
  name: 'doc_toolset',
  title: 'About a toolset',
  description: 'What the tools of a toolset are for, one by one.',
  uri: 'convoy://docs/toolset/{toolset}',
  mimeType: 'text/plain',
  action: 'fetch',
  arguments: ({ toolset }) => ({ id: `doc:toolset/${toolset}` }),
  render: documentText,
  ttlMs: 300_000,
});
