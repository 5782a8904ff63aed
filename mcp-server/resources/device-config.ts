import { configurationText } from './configuration-text.ts';
import { defineResource } from './define-resource.ts';

export const deviceConfig = defineResource({
  name: 'device_config',
  title: 'Kept configuration of a device',
  description:
    "A router's configuration as its newest snapshot has it, as RouterOS script without secrets, in pages. There is none " +
    'before the first take_snapshot. Every reading is recorded.',
  uri: 'convoy://device/{deviceId}/config{?cursor}',
  mimeType: 'text/plain',
  action: 'get_newest_snapshot',
  render: configurationText,
  ttlMs: 60_000,
});
