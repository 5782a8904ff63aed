import type { Step } from './change.ts';

/** A timer on the device that takes the change back unless it is confirmed in time. */
export interface ChangeGuard {
  /** Names it on the device; 4 to 32 lower-case letters and digits. */
  transaction: string;
  /** Whole minutes from arming until it fires. */
  minutes: number;
}

/** Menus, with all below them, in which a mistake can cut the way by which a device is managed. */
const CAN_CUT_MANAGEMENT = [
  '/certificate',
  '/interface',
  '/ip/address',
  '/ip/arp',
  '/ip/dhcp-client',
  '/ip/firewall',
  '/ip/ipsec',
  '/ip/route',
  '/ip/service',
  '/ip/settings',
  '/ip/ssh',
  '/ip/vrf',
  '/ipv6/address',
  '/ipv6/dhcp-client',
  '/ipv6/firewall',
  '/ipv6/route',
  '/ipv6/settings',
  '/ppp',
  '/queue',
  '/routing',
  '/user',
] as const;

/** Steps that are made under one guard; a change of more is made, and confirmed, part by part. */
export const MOST_GUARDED_STEPS = 25;

/**
 * A change that takes longer than planned is taken back, so the time grows with the number of steps. A step takes four
 * requests, and the slowest pace a device may be given is one in two seconds.
 */
const LEAST_MINUTES = 3;
const STEPS_PER_MINUTE = 10;

/** How long these steps are guarded; null when none of them can cut the way to the device. */
export function guardMinutesOf(steps: readonly Step[]): number | null {
  if (!steps.some(isRisky)) return null;
  return LEAST_MINUTES + Math.ceil(steps.length / STEPS_PER_MINUTE) - 1;
}

function isRisky(step: Step): boolean {
  // What people write about a row changes nothing that it does.
  if (step.op === 'change' && Object.keys(step.after).every((field) => field === 'comment')) return false;
  return CAN_CUT_MANAGEMENT.some((risky) => step.menu === risky || step.menu.startsWith(`${risky}/`));
}
