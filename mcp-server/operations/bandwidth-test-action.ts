import { z } from 'zod';
import type { Device } from '../../shared/domain/device.ts';
import { rolesAcross } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { inspectBandwidthEnd, runBandwidthTest } from '../../shared/operations/internal/index.ts';
import { BANDWIDTH_TEST_INPUT } from '../../shared/operations/internal/run-bandwidth-test.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { lacksRoleOn } from '../call/authorize.ts';
import { Comment, DeviceRef, ExpectedEnvironment } from '../call/input-fields.ts';
import { refuseDecommissioned, resolveDevice } from '../call/resolve-device.ts';
import { refuseMissingFlag } from '../call/resolve-target.ts';
import { addressToTest, isLetIn } from './bandwidth-test-route.ts';
import { reportWaiting } from './report-waiting.ts';

export interface BandwidthTestDeps {
  devices: Pick<DeviceStore, 'find'>;
  fleet: Pick<FleetClient, 'read'>;
}

/** The longest test, and what comes before and after it. */
const READ_TIMEOUT_MS = 42_000;

const Output = runBandwidthTest.output.extend({
  deviceId: z.string(),
  deviceName: z.string(),
  targetDeviceId: z.string(),
  targetDeviceName: z.string(),
  address: z.string().describe("The target's address that was tested against"),
  serverOpenToAll: z.boolean().describe("The target's server lets in anybody, not only this device"),
  observedAt: z.iso.datetime(),
});

/**
 * A test between two devices of the fleet, both of which must allow it. No credential of one device ever reaches another
 * one: the target's server must let the source in without a login, which is looked up through the target's own lane. The
 * address comes from the registry and from what the target itself says, never from the caller.
 */
export function bandwidthTestAction({ devices, fleet }: BandwidthTestDeps): Action {
  return defineAction({
    name: 'bandwidth_test',
    title: 'Bandwidth test',
    description:
      'Measures the throughput between two routers of the fleet by filling the link between them for 3 to 20 s: it disturbs ' +
      'other traffic. Both need the flag allowBandwidthTest, and the target a bandwidth server that wants no login.',
    toolset: 'diagnostics',
    isCore: false,
    rate: 'active',
    phase: 2,
    roles: TIERS.advanced.roles,
    scopes: [TIERS.advanced.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    task: 'work',
    input: z.strictObject({
      deviceId: DeviceRef,
      targetDeviceId: DeviceRef.describe('The other end: id or name of a device of the same environment'),
      environment: ExpectedEnvironment,
      ...BANDWIDTH_TEST_INPUT,
      comment: Comment,
    }),
    output: Output,
    target: { on: 'device', flags: ['allowBandwidthTest'] },
    async dispatch({ input, principal, target: { device: source }, report }) {
      const target = await resolveDevice(devices, principal, input.targetDeviceId);
      if (rolesAcross(principal, [target], TIERS.advanced.roles).length === 0) {
        throw lacksRoleOn({ name: 'bandwidth_test', roles: TIERS.advanced.roles }, [target.name]);
      }
      refuseTarget(source, target);
      const [own, other] = await Promise.all([inspect(fleet, source), inspect(fleet, target)]);
      refuseServer(target, other);
      const address = addressToTest(target.host, other.addresses, own.addresses);
      if (address === null) throw unrelated(source, target);
      if (!isLetIn(own.addresses, other.allowedFrom)) throw shutOut(source, target);
      const { durationSeconds, direction, protocol, limitMbps } = input;
      const tested = fleet.read(
        {
          deviceId: source.deviceId,
          operation: runBandwidthTest.name,
          input: { address, durationSeconds, direction, protocol, ...(limitMbps === undefined ? {} : { limitMbps }) },
        },
        { timeoutMs: READ_TIMEOUT_MS },
      );
      const { output, observedAt, door } = await reportWaiting(tested, durationSeconds + 1, report);
      return {
        output: {
          ...runBandwidthTest.output.parse(output),
          deviceId: source.deviceId,
          deviceName: source.name,
          targetDeviceId: target.deviceId,
          targetDeviceName: target.name,
          address,
          serverOpenToAll: other.allowedFrom.length === 0,
          observedAt,
        },
        door,
      };
    },
    summarize: ({ deviceName, targetDeviceName, status, receiveBps, transmitBps }) =>
      `${String(deviceName)} and ${String(targetDeviceName)}: ${String(status)}, received ${rate(receiveBps)}, sent ${rate(transmitBps)}.`,
  });
}

type End = z.output<typeof BandwidthEnd>;
const BandwidthEnd = z.object({
  isEnabled: z.boolean(),
  wantsLogin: z.boolean(),
  allowedFrom: z.array(z.string()),
  addresses: z.array(z.string()),
});

async function inspect(fleet: Pick<FleetClient, 'read'>, { deviceId }: Device): Promise<End> {
  const { output } = await fleet.read({ deviceId, operation: inspectBandwidthEnd.name, input: {} });
  return BandwidthEnd.parse(output);
}

function refuseTarget(source: Device, target: Device): void {
  if (target.deviceId === source.deviceId) {
    throw new AppError('VALIDATION_ERROR', { message: 'targetDeviceId: a device is not tested against itself.' });
  }
  refuseDecommissioned(target);
  if (target.environment !== source.environment) {
    throw new AppError('DEVICE_ENVIRONMENT_RESTRICTED', {
      message: `${source.name} is in ${source.environment} and ${target.name} in ${target.environment}; a test stays in one environment.`,
    });
  }
  refuseMissingFlag([target], 'allowBandwidthTest');
}

function refuseServer({ name }: Device, { isEnabled, wantsLogin }: End): void {
  if (!isEnabled) {
    throw new AppError('CONFLICT', {
      message: `The bandwidth server of ${name} is off.`,
      hint: 'Have it enabled in /tool/bandwidth-server of that router, with authenticate=no and, since RouterOS 7.18, allowed-addresses4 that name the other router only.',
    });
  }
  if (!wantsLogin) return;
  throw new AppError('CONFLICT', {
    message: `The bandwidth server of ${name} wants a login, and no credential of a device is ever sent to another one.`,
    hint: 'Have authenticate=no set in /tool/bandwidth-server of that router and, since RouterOS 7.18, allowed-addresses4 that name the other router only.',
  });
}

function unrelated(source: Device, target: Device): AppError {
  return new AppError('CONFLICT', {
    message: `No address of ${target.name} is known that ${source.name} can be sure to reach it by.`,
    hint: 'Register the target under an address of its own, or give both routers addresses in one network.',
  });
}

function shutOut(source: Device, target: Device): AppError {
  return new AppError('CONFLICT', {
    message: `The bandwidth server of ${target.name} does not let ${source.name} in.`,
    hint: "Have an address of that router added to allowed-addresses4 of the target's /tool/bandwidth-server.",
  });
}

function rate(bps: unknown): string {
  return typeof bps === 'number' ? `${Math.round(bps / 1e5) / 10} Mbit/s` : 'nothing';
}
