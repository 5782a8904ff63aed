import type { z } from 'zod';
import type { Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { BRIDGED_MANAGEMENT_MENUS, findBridgedManagement } from '../routeros/bridged-management.ts';
import type { Router } from '../routeros/router.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';
import { CurrentRadios, RADIO_MENUS, readRadios } from './wireless/radio-state.ts';
import { isOnlyComment, radioSteps, refuseRadioHarm } from './wireless/radio-steps.ts';
import { isAboutRadio, refuseRadios, WirelessInput } from './wireless/radio-wish.ts';

export const wireless = definePlan({
  kind: 'wireless',
  title: 'Wireless networks and channels',
  summary:
    'Proposes SSID, channel, width and power of Wi-Fi access points, whatever the driver. Keeps to the rules of the country.',
  phase: 3,
  flag: 'allowWirelessWrites',
  paths: [...new Set([...RADIO_MENUS, ...BRIDGED_MANAGEMENT_MENUS])],
  input: WirelessInput,
  refuse: refuseRadios,
  current: CurrentRadios,
  capture: (router, { input }) => capture(router, input),
  steps: (current, wish) => {
    const steps = radioSteps(current, wish);
    refuseRadioHarm(current, wish, steps);
    return steps;
  },
  risk: assessRisk,
  example: { interfaces: [{ band: '2.4GHz', ssid: 'office', frequencyMhz: 2437, widthMhz: '20' }] },
});

async function capture(router: Router, input: WirelessInput): Promise<z.input<typeof CurrentRadios>> {
  const read = await readRadios(router, input);
  const mayCut = radioSteps(read, input).some((step) => !isOnlyComment(step));
  return { ...read, carriers: mayCut ? (await findBridgedManagement(router)).carriers : null };
}

function assessRisk(facts: RiskFacts<CurrentRadios>, wish: WirelessInput): { risk: Risk; reasons: string[] } {
  const steps = (facts.captured ?? []).flatMap((current) => radioSteps(current, wish));
  const reasons = [...fleetReasons(facts), ...REASONS.filter(({ holds }) => steps.some(holds)).map(({ why }) => why)];
  if (reasons.length > 0) return { risk: 'high', reasons };
  if (steps.length > 0 && steps.every(isOnlyComment)) return { risk: 'low', reasons: ['only comments are changed'] };
  return {
    risk: 'medium',
    reasons: [
      wish.interfaces.some(isAboutRadio)
        ? 'clients lose their network for a moment, and may hear it worse after'
        : 'networks come on the air',
    ],
  };
}

const REASONS: readonly { holds: (step: Step) => boolean; why: string }[] = [
  { holds: (step) => changes(step, /(^|\.)(ssid|hide-ssid|mode)$/), why: 'clients lose the networks they know' },
  { holds: (step) => step.op === 'change' && step.after['disabled'] === 'true', why: 'networks are taken off the air' },
];

function changes(step: Step, field: RegExp): boolean {
  return step.op === 'change' && Object.keys(step.after).some((name) => field.test(name));
}
