import { describe, expect, it } from 'vitest';
import type { AttributedSignal, PlanSignal } from '../../shared/contract/plan-messages.ts';
import { PlanStatus } from '../../shared/domain/plan.ts';
import { PLAN_CONTROLS } from '../../shared/domain/plan-controls.ts';
import { controlAllowed } from '../../workflows/plan-controls.ts';

function signalOf(signal: PlanSignal, overrides: Partial<AttributedSignal> = {}): AttributedSignal {
  return {
    eventId: 5,
    at: '2026-01-01T00:00:00Z',
    signal,
    by: 'olga',
    byName: 'olga@example.test',
    isRequester: false,
    via: 'temporal-ui',
    roles: ['operator'],
    digest: null,
    comment: '',
    malformed: null,
    ...overrides,
  };
}

const CONTROLS = Object.keys(PLAN_CONTROLS) as (keyof typeof PLAN_CONTROLS)[];

describe('control signals', () => {
  it.each(CONTROLS)('accepts %s from an operator only in the statuses in which it means something', (control) => {
    const accepted = PlanStatus.options.filter((status) => controlAllowed(signalOf(control), status) === null);
    expect(accepted).toEqual(
      PlanStatus.options.filter((status) => PLAN_CONTROLS[control].from.some((s) => s === status)),
    );
  });

  it('refuses a sender the server did not prove', () => {
    expect(controlAllowed(signalOf('abort', { by: null }), 'rolling_out')).toBe('APPROVAL_INVALID');
  });

  it('refuses a person without a fitting role', () => {
    expect(controlAllowed(signalOf('resume', { roles: ['viewer'] }), 'paused')).toBe('FORBIDDEN');
    expect(controlAllowed(signalOf('resume', { roles: ['approver'] }), 'paused')).toBe('FORBIDDEN');
    expect(controlAllowed(signalOf('pause', { roles: ['approver'] }), 'rolling_out')).toBeNull();
  });

  it('believes the front end about a person it authorized, but not the front end by itself', () => {
    expect(controlAllowed(signalOf('pause', { via: 'web', roles: [] }), 'rolling_out')).toBeNull();
    expect(controlAllowed(signalOf('pause', { by: 'svc-web', roles: ['admin'] }), 'rolling_out')).toBe(
      'APPROVAL_INVALID',
    );
  });
});
