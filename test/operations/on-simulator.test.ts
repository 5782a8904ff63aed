import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeOnce } from '../../activities/device/steps.ts';
import { createDeviceSession, type DeviceSession } from '../../activities/routeros/device-session.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { Step } from '../../shared/domain/change.ts';
import { BOARDS, type BoardKey } from '../../simulator/boards.ts';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';

/** Versions in which the menus used here differ in what they return. */
const VERSIONS = ['7.12.2', '7.20.8', '7.23.2'];

/**
 * Where an operation is right to refuse. Simulated routers are reached under an address that is none of their own, and
 * before 7.19 they show no connections that would tell which of theirs it is.
 */
const REFUSED: Readonly<Record<string, string>> = { 'remove_ip_address 7.12.2': 'UNSAFE_OPERATION' };

describe.each(Object.keys(BOARDS) as BoardKey[])('on the board %s', (board) => {
  describe.each(VERSIONS)('with RouterOS %s', (version) => {
    let fleet: Fleet;
    let session: DeviceSession;

    beforeAll(async () => {
      fleet = await startFleet({ routers: 1, board, version, http: true });
      const [device] = fleet.devices;
      if (!device) throw new Error('the fleet is empty');
      session = createDeviceSession({
        host: device.host,
        restPort: device.restPort,
        tls: { mode: 'plaintext' },
        username: device.user,
        password: device.password,
      });
    });

    afterAll(async () => {
      await session.close();
      await fleet.stop();
    });

    test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('%s works', async (_, operation) => {
      const { paths } = operation;
      const input = operation.input.parse(operation.example);
      if (operation.effect === 'read') {
        const router = session.router({ paths, effect: 'read' });
        const output = operation.output.parse(await operation.handler(router, input));
        expect(Object.keys(output)).toEqual(Object.keys(operation.output.shape));
        return;
      }
      const router = session.router({ paths, effect: 'write' });
      if (operation.effect === 'command') {
        for (const _time of [1, 2]) await router.run(operation.menu, operation.command);
        return;
      }
      const code = REFUSED[`${operation.name} ${version}`];
      if (code !== undefined) {
        await expect(operation.steps(router, input)).rejects.toMatchObject({ code });
        return;
      }
      const steps = await operation.steps(router, input);
      for (const step of steps) {
        expect(paths).toContain(Step.parse(step).menu);
        expect(await writeOnce(router, step)).toEqual({ wrote: true });
      }
      expect(await operation.steps(router, input)).toEqual([]);
    });
  });
});
