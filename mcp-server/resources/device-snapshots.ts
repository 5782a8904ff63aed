import { defineResource } from './define-resource.ts';

export const deviceSnapshots = defineResource({
  name: 'device_snapshots',
  title: 'Snapshots of a device',
  description:
    'Which configurations of a router are kept, newest first: when, why, by whom. In pages, without their text.',
  uri: 'convoy://device/{deviceId}/snapshots{?cursor}',
  mimeType: 'application/json',
  action: 'list_snapshots',
  ttlMs: 10_000,
});
