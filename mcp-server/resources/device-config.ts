import { defineResource } from './define-resource.ts';

export const deviceConfig = defineResource({
  name: 'device_config',
  title: 'Configuration of a device',
  description:
    "A router's configuration as RouterOS script, secrets left out. Asked live, in pages; every reading is recorded.",
  uri: 'convoy://device/{deviceId}/config{?cursor}',
  mimeType: 'text/plain',
  action: 'get_config_export',
  render: linesOf,
  ttlMs: 0,
});

function linesOf({ lines }: Record<string, unknown>): string {
  return Array.isArray(lines) ? `${lines.join('\n')}\n` : '';
}
