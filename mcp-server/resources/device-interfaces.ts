import { defineResource } from './define-resource.ts';

export const deviceInterfaces = defineResource({
  name: 'device_interfaces',
  title: 'Interfaces of a device',
  description:
    'The interfaces of a router with type, state, addresses of their hardware and counters. Asked live, in pages.',
  uri: 'convoy://device/{deviceId}/interfaces{?cursor}',
  mimeType: 'application/json',
  action: 'list_interfaces',
  ttlMs: 0,
});
