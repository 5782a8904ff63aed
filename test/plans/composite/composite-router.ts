import { onTestFinished } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { findPlanKind } from '../../../shared/plans/index.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { startFleet, type Fleet } from '../../../simulator/fleet.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export const composite = findPlanKind('composite')!;

type Menus = Record<string, RouterRecord | readonly RouterRecord[]>;

/** What to write, or why nothing. */
export async function stepsFor(router: Router, wish: Record<string, unknown>): Promise<Step[] | AppError> {
  const input = composite.input.parse(wish);
  const sentence = composite.refuse?.(input) ?? null;
  if (sentence !== null) return new AppError('VALIDATION_ERROR', { message: sentence });
  try {
    return composite.steps(await capture(composite, router, input), input);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

export async function openFleet(): Promise<Fleet> {
  const fleet = await startFleet({ routers: 1, http: true, board: 'hap_ax2' });
  onTestFinished(() => fleet.stop());
  return fleet;
}

/** What a simulated router shows as it comes from its box, managed from 10.20.0.1. */
export async function menusOfBoard(): Promise<Menus> {
  const fleet = await openFleet();
  const state = fleet.routers[0]!.router.state() as Menus;
  return { ...state, '/user/active': [{ '.id': '*1', address: '10.20.0.1', via: 'rest-api' }] };
}

/** Of a board with radios, for which there is a kind as well. */
export function routerWith(menus: Menus): Router {
  return cannedRouter(menus, { radios: '/interface/wifi' }, { host: '10.20.1.1' });
}
