import type { Item, RouterView, Values } from '../../engine/definition.ts';
import { noteLinks } from './links.ts';
import { freeName } from './typed-interface.ts';

/** A radio of an access point that came to a controller. */
export type ControlledRadio = { readonly mac: string; readonly isTwoGigahertz: boolean; readonly identity: string };

/** How a controller makes interfaces for radios. */
export type Controller = {
  /** Where its interfaces are, their type, and what new ones are called besides a number. */
  readonly menu: string;
  readonly type: string;
  readonly namePrefix: string;
  /** The menu of its rules of provisioning, and whether one is about a radio. */
  readonly rules: string;
  readonly matches: (rule: Values, radio: ControlledRadio) => boolean;
};

/**
 * Binds the interfaces of radios that came or went, and makes those that a rule of provisioning wants: of all radios, or of
 * those with `macs`.
 */
export function provisionRadios(
  controller: Controller,
  radios: readonly ControlledRadio[],
  router: RouterView,
  macs?: readonly string[],
): void {
  const { menu, type } = controller;
  const isGone = ({ values }: Item): boolean => !radios.some(({ mac }) => mac === values['radio-mac']);
  router.discard('/interface', (item) => item.dynamic && item.values['type'] === type && isGone(item));
  for (const item of router.items(menu)) if (isGone(item)) delete item.internal['controlled'];
  for (const radio of radios) {
    const isMeant = macs === undefined || macs.includes(radio.mac);
    const bound = router.items(menu).find(({ values }) => values['radio-mac'] === radio.mac);
    const item = bound ?? (isMeant ? makeInterface(controller, radio, router) : undefined);
    if (!item) continue;
    item.internal['controlled'] = 1;
    item.internal['twoGigahertz'] = radio.isTwoGigahertz ? 1 : 0;
  }
  noteLinks(router);
}

/** The first rule that matches decides; without one, the radio has no interface. */
function makeInterface(controller: Controller, radio: ControlledRadio, router: RouterView): Item | undefined {
  const { menu, namePrefix, rules, matches } = controller;
  const rule = router
    .items(rules)
    .find(({ values }) => values['disabled'] !== 'true' && matches(values, radio))?.values;
  if (!rule || rule['action'] === undefined || rule['action'] === 'none') return undefined;
  const configuration = rule['master-configuration'];
  return router.insert(
    menu,
    {
      name: freeName(router, namePrefix),
      'mac-address': radio.mac,
      'radio-mac': radio.mac,
      disabled: String(rule['action'] === 'create-disabled'),
      ...(configuration === undefined || configuration === 'none' ? {} : { configuration }),
    },
    { dynamic: rule['action'] === 'create-dynamic-enabled' },
  );
}
