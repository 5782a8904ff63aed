import { configurationText } from './configuration-text.ts';
import { defineResource } from './define-resource.ts';

export const deviceConfigLive = defineResource({
  name: 'device_config_live',
  title: 'Present configuration of a device',
  description:
    "A router's configuration as RouterOS script without secrets, asked of the router now, in pages. Slow; every reading " +
    'is recorded.',
  uri: 'convoy://device/{deviceId}/config/live{?cursor}',
  mimeType: 'text/plain',
  action: 'get_config_export',
  render: configurationText,
  ttlMs: 0,
});
