import { defineEntity, p, type InferEntity } from '@mikro-orm/core';

/** How far the clock of a process's machine was ahead of the database's when it last looked, milliseconds. */
export const ProcessClockEntity = defineEntity({
  name: 'ProcessClock',
  tableName: 'process_clock',
  properties: {
    process: p.text().primary(),
    offsetMs: p.double(),
    lookedAt: p.datetime(),
  },
});
export type ProcessClockEntity = InferEntity<typeof ProcessClockEntity>;
