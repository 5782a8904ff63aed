import { readFileSync } from 'node:fs';

/** What a RouterOS version knows of one menu. */
export type KnownMenu = {
  readonly kind: string;
  readonly commands: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
};

/** Reads `menus.txt`, which `scripts/extract-menu-schema.ts` made from the trees of real devices, for one version. */
export function knownMenus(version: string): ReadonlyMap<string, KnownMenu> {
  const lines = readFileSync(new URL('menus.txt', import.meta.url), 'utf8').split('\n');
  const menus = new Map<string, KnownMenu>();
  for (const line of lines) {
    const [path = '', kind = '', commands = '', parameters = ''] = line.split(' | ');
    if (!path.startsWith('/')) continue;
    for (const known of namesFor(path, version)) {
      menus.set(known, { kind, commands: namesFor(commands, version), parameters: namesFor(parameters, version) });
    }
  }
  return menus;
}

/** The names that hold for a version: bare ones always, marked ones only where the mark lists it. */
function namesFor(text: string, version: string): Set<string> {
  const names = text.split(' ').filter((word) => word !== '-' && word !== '');
  return new Set(
    names.flatMap((word) => {
      const [name = '', versions] = word.split('@');
      return versions === undefined || versions.split(',').includes(version) ? [name] : [];
    }),
  );
}
