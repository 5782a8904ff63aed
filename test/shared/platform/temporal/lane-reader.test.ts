import type { ActivityClient } from '@temporalio/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { createLaneReader } from '../../../../shared/platform/temporal/lane-reader.ts';
import type { LaneStarter } from '../../../../shared/platform/temporal/lane-starter.ts';
import type { NexusDoor } from '../../../../shared/platform/temporal/nexus-door.ts';

const REQUEST = { deviceId: 'dev_1', operation: 'get_dns_status', input: {} };
const REPLY = { output: { servers: [] }, observedAt: '2026-01-01T00:00:00Z' };

function lanesThat(ensure: LaneStarter['ensure']): LaneStarter {
  return { ensure, isRemembered: () => true, forget: () => undefined };
}

function doorThat(read: NexusDoor['read']): NexusDoor {
  return { read, close: async () => undefined };
}

function activitiesThat(execute: () => Promise<unknown>): ActivityClient {
  return { execute } as unknown as ActivityClient;
}

const never = activitiesThat(() => Promise.reject(new Error('the other way was taken')));

describe('reading through a lane', () => {
  it('keeps the answer of a lane that is there although it could not be asked for', async () => {
    const lanes = lanesThat(() => Promise.reject(new Error('PERMISSION_DENIED')));
    const door = doorThat(() => new Promise((resolve) => setTimeout(() => resolve(REPLY), 50)));
    const reader = createLaneReader(never, lanes, { door });
    expect(await reader.read(REQUEST)).toEqual({ ...REPLY, door: 'nexus' });
  });

  it('asks again when a request was lost with the owner of the lane', async () => {
    let asked = 0;
    const door = doorThat(async () => {
      asked += 1;
      return asked === 1 ? new Promise(() => undefined) : REPLY;
    });
    const reader = createLaneReader(
      never,
      lanesThat(async () => undefined),
      { door },
    );
    expect(await reader.read(REQUEST)).toMatchObject({ door: 'nexus' });
    expect(asked).toBe(2);
  });

  it('takes the other way while the door is shut, and for one silent lane without shutting the door for all', async () => {
    const answers: ('shut' | 'unanswered' | typeof REPLY)[] = ['unanswered', REPLY, 'shut', REPLY];
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const heard: string[] = [];
    let asked = 0;
    const door = doorThat(async () => answers[asked++] ?? REPLY);
    const reader = createLaneReader(
      activitiesThat(async () => REPLY),
      lanesThat(async () => undefined),
      { door, onDoor: (state) => heard.push(state) },
    );
    const doors = [];
    for (let read = 0; read < 4; read++) doors.push((await reader.read(REQUEST)).door);
    expect(doors).toEqual(['activity', 'nexus', 'activity', 'activity']);
    expect(asked).toBe(3);
    expect(heard).toEqual(['shut']);
    vi.advanceTimersByTime(6_000);
    expect(await reader.read(REQUEST)).toMatchObject({ door: 'nexus' });
    expect(heard).toEqual(['shut', 'open']);
  });

  it('passes on the refusal of the device with its code', async () => {
    const door = doorThat(() => Promise.reject(new AppError('DEVICE_AUTH_FAILED')));
    const reader = createLaneReader(
      never,
      lanesThat(async () => undefined),
      { door },
    );
    await expect(reader.read(REQUEST)).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  });
});
