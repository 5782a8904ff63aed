import type { FleetEvent, FleetEventDetails, FleetEventType } from '../../../shared/domain/fleet-event.ts';
import { fleetEventBody } from '../../../shared/platform/webhooks/notice-body.ts';

/** An event of the type as endpoints are told of it, of two devices that nobody has. */
export function sampleBody(type: FleetEventType): string {
  const at = new Date().toISOString();
  const sampleOf = (deviceName: string): FleetEvent => ({
    type,
    key: `sample/${deviceName}`,
    at,
    ...(ofDevices(type)
      ? { deviceId: `sample-${deviceName}`, deviceName, environment: 'lab', tags: ['site:example'] }
      : { deviceId: null, deviceName: null, environment: null, tags: [] }),
    details: { ...DETAILS[type] },
  });
  const events: [FleetEvent, ...FleetEvent[]] = [sampleOf('example-01')];
  if (ofDevices(type)) events.push(sampleOf('example-02'));
  return fleetEventBody(events, Date.parse(at));
}

function ofDevices(type: FleetEventType): boolean {
  return !/^(audit|emergency)\./.test(type);
}

const STOP = { stopId: 'stp_sample', scope: 'nothing: this is a test', reason: 'a test', by: 'convoy webhook test' };

const DETAILS: { [Type in FleetEventType]: FleetEventDetails[Type] } = {
  'device.status_changed': { from: 'healthy', to: 'unreachable', reasons: ['This is a test; nothing happened.'] },
  'device.certificate_changed': { before: 'AB:CD', after: 'EF:01' },
  'device.flapping': { isFlapping: true, changes: 6, withinSeconds: 600 },
  'drift.found': { objects: 2, menus: ['/ip/dns'] },
  'drift.cleared': {},
  'snapshot.failed': { code: 'DEVICE_UNREACHABLE', message: 'This is a test; nothing happened.' },
  'audit.anchored': { seq: 0, hash: 'a test' },
  'emergency.stopped': STOP,
  'emergency.lifted': STOP,
};
