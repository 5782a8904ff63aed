import type { Item, RouterView, Values } from '../../../engine/definition.ts';

/** The value that holds for a radio: its own, that of the configuration it refers to, or of a profile of either. */
export function effective(radio: Item, part: string, name: string, router: RouterView): string | undefined {
  const root = wifiRoot(router);
  const configuration = rowAt(`${root}/configuration`, radio.values['configuration'], router);
  if (part === 'configuration') return radio.values[`configuration.${name}`] ?? configuration?.[name];
  return (
    radio.values[`${part}.${name}`] ??
    rowAt(`${root}/${part}`, radio.values[part], router)?.[name] ??
    configuration?.[`${part}.${name}`] ??
    rowAt(`${root}/${part}`, configuration?.[part], router)?.[name]
  );
}

/** The path of the wifi menus: it was another one before 7.13. */
export function wifiRoot(router: RouterView): string {
  return router.packages.has('wifiwave2') ? '/interface/wifiwave2' : '/interface/wifi';
}

/** Does the radio work in the 2.4 GHz band? Boards have that radio second. */
export function isTwoGigahertz(radio: Item, router: RouterView): boolean {
  const band = effective(radio, 'channel', 'band', router);
  if (band !== undefined) return band.startsWith('2ghz');
  return radio.values['default-name'] === 'wifi2' || radio.internal['twoGigahertz'] === 1;
}

/** The channel in use as `frequency/standard/extension`. */
export function channelOf(radio: Item, router: RouterView): string {
  const frequency = effective(radio, 'channel', 'frequency', router)?.split(/[,-]/)[0];
  if (isTwoGigahertz(radio, router)) return `${frequency ?? [2412, 2437, 2462][router.index % 3]}/ax`;
  return `${frequency ?? [5180, 5260, 5500, 5660][router.index % 4]}/ax/Ceee`;
}

/** Is the radio left to a controller that does not answer? */
export function waitsForController(radio: Item, router: RouterView): boolean {
  if (radio.internal['controlled'] === 1) return false;
  return effective(radio, 'configuration', 'manager', router) === 'capsman';
}

function rowAt(path: string, id: string | undefined, router: RouterView): Values | undefined {
  return id === undefined ? undefined : router.items(path).find((item) => item.id === id)?.values;
}
