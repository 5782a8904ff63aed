import type { Device } from '../../shared/domain/device.ts';
import { rolesOn, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/**
 * Fails with FORBIDDEN unless the person is an administrator of the device as it is about to be: tags and environment decide
 * who may do what with it, so nobody moves a device to where they have no say.
 */
export function requireAdminOf(
  principal: Pick<Principal, 'grants'>,
  device: Pick<Device, 'deviceId' | 'name' | 'environment' | 'tags'>,
): void {
  if (rolesOn(principal, device).includes('admin')) return;
  const { name, environment, tags } = device;
  throw new AppError('FORBIDDEN', {
    message: `You are no administrator of devices in ${environment} with ${tags.length === 0 ? 'no tags' : `the tags ${tags.join(', ')}`}.`,
    hint: 'Give it an environment and tags that a grant of yours with the role admin covers.',
    details: { device: name, environment, tags },
  });
}
