import { z } from 'zod';
import { DeviceTag, type Device } from '../device.ts';
import { Environment } from '../environment.ts';
import { contradiction, listOf, PolicyObject, text } from './policy-fields.ts';

/** What rules look at of a device. */
export type PolicyTarget = Pick<Device, 'name' | 'environment' | 'tags'>;

/** Which devices a rule is about: `all: true`, or those that meet every other criterion that is given. */
export const AppliesTo = PolicyObject({
  all: z
    .literal(true, { error: '"true", or leave the key out and say which devices' })
    .optional()
    .describe('Every device; with no other key beside it'),
  environments: listOf(Environment, 'a list of lab, staging, prod')
    .optional()
    .describe('Devices of any of these environments'),
  tags: listOf(DeviceTag, 'a list of tags of devices').optional().describe('Devices that have any of these tags'),
  devices: listOf(text(63), 'a list of names of devices').optional().describe('Devices of these names'),
}).superRefine(({ all, ...criteria }, context) => {
  const isNarrowed = Object.values(criteria).some((criterion) => criterion !== undefined);
  if (all === true && isNarrowed) {
    contradiction(context, [], 'has "all: true", which contradicts the other criteria beside it');
  }
  if (all !== true && !isNarrowed) {
    contradiction(context, [], 'names no device; allowed is "all: true", or environments, tags or devices');
  }
});
export type AppliesTo = z.output<typeof AppliesTo>;

export function appliesTo({ all, environments, tags, devices }: AppliesTo, target: PolicyTarget): boolean {
  if (all === true) return true;
  return (
    (environments?.includes(target.environment) ?? true) &&
    (tags?.some((tag) => target.tags.includes(tag)) ?? true) &&
    (devices?.includes(target.name) ?? true)
  );
}
