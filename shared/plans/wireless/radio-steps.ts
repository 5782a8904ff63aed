import type { Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { sameValue } from '../../routeros/canonical.ts';
import { driverOf, type Fields } from './radio-drivers.ts';
import { refuseBeyondRules } from './radio-rules.ts';
import { isMeant, type CurrentRadios, type HeldRadio } from './radio-state.ts';
import { isAboutRadio, type WantedRadio, type WirelessInput } from './radio-wish.ts';

type Found = Pick<CurrentRadios, 'menu' | 'radios'>;

/** From what is there to what is wanted, without asking whether it may be done. What is switched on comes first, off last. */
export function radioSteps({ menu, radios }: Found, wish: WirelessInput): Step[] {
  if (menu === null) return [];
  const steps = wish.interfaces.flatMap((one) =>
    radios.filter((radio) => isMeant(radio, one)).flatMap((radio) => stepOf(menu, radio, one) ?? []),
  );
  return steps.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function stepOf(menu: NonNullable<Found['menu']>, radio: HeldRadio, wish: WantedRadio): Step | null {
  const driver = driverOf(menu);
  const wanted: Fields = { ...driver.settings(wish), ...driver.channel(wish, radio.band) };
  const fields = Object.keys(wanted).filter((field) => !isHeld(radio, field, wanted[field] ?? null));
  if (fields.length === 0) return null;
  return {
    op: 'change',
    menu,
    key: { name: radio.name },
    before: Object.fromEntries(fields.map((field) => [field, radio.own[field] ?? null])),
    after: Object.fromEntries(fields.map((field) => [field, wanted[field] ?? null])),
  };
}

/** By its own row or by a profile. */
function isHeld({ own, inherited }: HeldRadio, field: string, wanted: string | null): boolean {
  return sameValue(field, own[field] ?? inherited[field], wanted ?? undefined);
}

function placeOf(step: Step): number {
  if (step.op !== 'change' || step.after['disabled'] === undefined) return 1;
  return step.after['disabled'] === 'false' ? 0 : 2;
}

/** Fails with a sentence about this router where it lacks what is named, or where the steps would do harm. */
export function refuseRadioHarm(current: CurrentRadios, wish: WirelessInput, steps: readonly Step[]): void {
  const { menu, radios } = current;
  if (menu === null) {
    throw new AppError('DEVICE_UNSUPPORTED', {
      message: 'The router has no radios of its own.',
      hint: 'Leave such devices out; list_wireless_interfaces shows those that have some.',
    });
  }
  refuseMissing(current, wish);
  const changed = new Set(
    steps.flatMap((step) => (step.op === 'change' && !isOnlyComment(step) ? [step.key['name']] : [])),
  );
  for (const one of wish.interfaces) {
    for (const radio of radios.filter((candidate) => isMeant(candidate, one))) {
      refuseTwice(radio, wish);
      refuseControlled(radio);
      refuseStation(menu, radio);
      if (one.band === undefined || isAboutRadio(one)) refuseVirtual(radio, one);
      refuseProfile(menu, radio, one);
      if (!changed.has(radio.name)) continue;
      refuseCarrier(current, radio);
      if (isAboutRadio(one)) refuseBeyondRules(menu, radio, one);
    }
  }
}

export function isOnlyComment(step: Step): boolean {
  return step.op === 'change' && Object.keys(step.after).every((field) => field === 'comment');
}

function refuseMissing({ radios }: CurrentRadios, { interfaces }: WirelessInput): void {
  const lacking = interfaces.filter((wish) => !radios.some((radio) => isMeant(radio, wish)));
  const names = lacking.flatMap(({ name }) => (name === undefined ? [] : [JSON.stringify(name)]));
  const bands = lacking.flatMap(({ band }) => band ?? []);
  if (names.length > 0) throw missing(`no wireless interface ${names.join(', ')}`);
  if (bands.length > 0) throw missing(`no radio of its own in the band ${bands.join(', ')}`);
}

function missing(what: string): AppError {
  return new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has ${what}.`,
    hint: 'Leave such devices out, or name what all of them have; list_wireless_interfaces shows it.',
  });
}

function refuseTwice(radio: HeldRadio, { interfaces }: WirelessInput): void {
  const [first, second] = interfaces.flatMap((wish, index) => (isMeant(radio, wish) ? [index] : []));
  if (second === undefined) return;
  throw new AppError('CONFLICT', {
    message: `interfaces[${first}] and interfaces[${second}] both mean ${JSON.stringify(radio.name)}.`,
    hint: 'Say all that is wanted of an interface in one of them.',
  });
}

function refuseControlled({ name, controlled }: HeldRadio): void {
  if (!controlled) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `${JSON.stringify(name)} gets its configuration from CAPsMAN, which would write over the change.`,
    hint: 'Change the configuration at the controller; list_capsman_access_points shows it.',
  });
}

function refuseStation(menu: NonNullable<Found['menu']>, { name, own, inherited }: HeldRadio): void {
  const { mode } = driverOf(menu);
  const held = own[mode] ?? inherited[mode] ?? 'ap';
  if (held === 'ap' || held === 'ap-bridge' || held === 'bridge') return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `${JSON.stringify(name)} is in the mode ${held}: it connects the router to another access point, and may be its uplink.`,
    hint: 'This plan is for access points only; change it at the router.',
  });
}

function refuseVirtual({ name, master }: HeldRadio, wish: WantedRadio): void {
  if (master === null || !isAboutRadio(wish)) return;
  throw new AppError('CONFLICT', {
    message: `${JSON.stringify(name)} is a virtual access point; channel and power are those of ${JSON.stringify(master)}.`,
    hint: 'Name the interface of the radio for these.',
  });
}

/** What is taken back from the row of an interface is again what its profile says. */
function refuseProfile(
  menu: NonNullable<Found['menu']>,
  { name, band, inherited }: HeldRadio,
  wish: WantedRadio,
): void {
  const driver = driverOf(menu);
  const wanted: Fields = { ...driver.settings(wish), ...driver.channel(wish, band) };
  const field = Object.keys(wanted).find((one) => wanted[one] === null && inherited[one] !== undefined);
  if (field === undefined) return;
  throw new AppError('CONFLICT', {
    message: `A profile of ${JSON.stringify(name)} sets ${field} to ${inherited[field]}, so that it cannot be left to the radio.`,
    hint: 'Take it out of the profile at the router, or give a value here.',
  });
}

function refuseCarrier({ carriers }: CurrentRadios, { name, master }: HeldRadio): void {
  const carrier = [name, master].find((one) => one !== null && carriers?.includes(one));
  if (carrier === undefined) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `${JSON.stringify(name)} carries the connection by which the router is managed; nothing of it is changed.`,
    hint: 'Manage the router by cable first, or make the change at the router.',
  });
}
