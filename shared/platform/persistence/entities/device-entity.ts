import { defineEntity, p, type InferEntity } from '@mikro-orm/core';
import { TextList } from './text-list.ts';
import type { BreakerRecord } from '../../../domain/breaker.ts';
import type { CapabilityFlags, DeviceStatus, LanePolicy, TlsTrust } from '../../../domain/device.ts';
import type { Environment } from '../../../domain/environment.ts';

/** A registered router. */
export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'device',
  properties: {
    deviceId: p.text().primary(),
    name: p.text().collation('C'),
    host: p.text(),
    restPort: p.integer(),
    sshPort: p.integer().strictNullable(),
    sshHostKey: p.text().strictNullable(),
    environment: p.text().$type<Environment>(),
    tags: p.type(TextList).$type<string[]>(),
    flags: p.json<CapabilityFlags>(),
    status: p.text().$type<DeviceStatus>(),
    tls: p.json<TlsTrust>(),
    lane: p.json<LanePolicy>(),
    identity: p.text().strictNullable(),
    model: p.text().strictNullable(),
    version: p.text().strictNullable(),
    serialNumber: p.text().strictNullable(),
    breaker: p.json<BreakerRecord>().strictNullable(),
    retiredAt: p.datetime().strictNullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'device_name_unique', properties: ['name'], where: 'retired_at is null' }],
  indexes: [
    { name: 'device_name_index', properties: ['name'] },
    { name: 'device_environment_index', properties: ['environment'] },
    { name: 'device_tags_index', properties: ['tags'], type: 'gin' },
  ],
});
export type DeviceEntity = InferEntity<typeof DeviceEntity>;
