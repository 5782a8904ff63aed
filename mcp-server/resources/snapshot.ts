import { configurationText } from './configuration-text.ts';
import { defineResource } from './define-resource.ts';

export const snapshot = defineResource({
  name: 'snapshot',
  title: 'Snapshot',
  description: 'A kept configuration as RouterOS script without secrets, in pages. It never changes.',
  uri: 'convoy://snapshot/{snapshotId}{?cursor}',
  mimeType: 'text/plain',
  action: 'get_snapshot',
  render: configurationText,
  ttlMs: 300_000,
});
