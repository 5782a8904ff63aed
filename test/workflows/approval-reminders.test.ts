import { expect, test } from 'vitest';
import { dueReminders } from '../../workflows/approval-reminders.ts';

test('each reminder is due once, counted from when the plan began to wait, the earliest first', () => {
  expect(dueReminders(null, 1_000)).toEqual([]);
  expect(dueReminders({ remindAfterSeconds: null, escalateAfterSeconds: 60 }, 1_000)).toEqual([
    { event: 'plan.approval_escalated', atMs: 61_000 },
  ]);
  expect(dueReminders({ remindAfterSeconds: 60, escalateAfterSeconds: 5 }, 0)).toEqual([
    { event: 'plan.approval_escalated', atMs: 5_000 },
    { event: 'plan.approval_reminder', atMs: 60_000 },
  ]);
});
