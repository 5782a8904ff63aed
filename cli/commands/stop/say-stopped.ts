import type { StopView } from '../../client/shapes.ts';

/** What is stopped, in words. */
export function sayStopped({ scope, environment, deviceName, deviceId }: StopView): string {
  if (scope === 'all') return 'the whole fleet';
  return scope === 'environment' ? `the environment ${environment}` : `the device ${deviceName ?? deviceId}`;
}
