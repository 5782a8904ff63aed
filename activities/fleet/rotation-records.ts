import type { RotationRecords } from '../../shared/contract/rotation-messages.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';

/** Which login of a device is the stored one, while it is rotated. */
export function createRotationRecords({ rotations }: Pick<Database, 'rotations'>): RotationRecords {
  return {
    switchLogin: ({ rotationId }) => rotations.switch(rotationId),
    switchLoginBack: ({ rotationId }) => rotations.switchBack(rotationId),
    endRotation: ({ rotationId, state }) => rotations.end(rotationId, state),
  };
}
