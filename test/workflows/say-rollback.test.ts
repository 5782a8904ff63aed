import { expect, it } from 'vitest';
import { sayIncomplete } from '../../workflows/say-rollback.ts';

it('names what a rollback left, up to ten devices', () => {
  const error = { code: 'PLAN_STALE', message: '', retryable: false } as const;
  const incomplete = Array.from({ length: 12 }, (_, index) => ({
    deviceId: `dev_${index}`,
    name: `r${index}`,
    error,
    ...(index === 0 ? { leftObjects: 3 } : {}),
  }));
  const text = sayIncomplete({ rolledBack: 5, incomplete });
  expect(text).toContain('12 of 17 device(s) could not be put back: r0 (PLAN_STALE, 3 left), r1 (PLAN_STALE), r2');
  expect(text).toContain('r9 (PLAN_STALE) and 2 more.');
});
