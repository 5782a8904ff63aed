import type { Item } from '../../engine/definition.ts';
import type { Menu } from '../../engine/menu.ts';
import type { Router } from '../../router/router.ts';
import { exportHeader } from './export-header.ts';
import { exportRows, type ExportedRow, type ExportScope, isExported } from './export-rows.ts';
import { inExportOrder } from './section-order.ts';
import { wrapCommand, writePair } from './wrap-command.ts';

export type ExportOptions = ExportScope & {
  /** The menu to export, with those below it; `/` for everything. */
  readonly path: string;
  /** Every line complete, with its menu. */
  readonly terse: boolean;
  /** Which rows of a menu. Default: all. */
  readonly rowsOf?: (menu: Menu) => readonly Item[];
};

/** The configuration as commands that make it again, line by line, after a header that tells of which router it is. */
export function exportRouter(router: Router, options: ExportOptions): string[] {
  const { path, rowsOf = (menu) => menu.items } = options;
  router.tree.useAll();
  const factory = router.asMade();
  const paths = router.tree.paths().filter((candidate) => isBelow(candidate, path));
  const lines = [
    ...exportHeader(router),
    ...inExportOrder(paths).flatMap((candidate) => {
      const menu = router.tree.menuAt(candidate);
      if (!isExported(menu)) return [];
      return exportSection(menu, exportRows(menu, rowsOf(menu), factory, router, options), options.terse);
    }),
  ];
  factory.clock.stop();
  return lines;
}

function isBelow(path: string, top: string): boolean {
  return top === '/' || path === top || path.startsWith(`${top}/`);
}

function exportSection(menu: Menu, rows: readonly ExportedRow[], terse: boolean): string[] {
  if (rows.length === 0) return [];
  const path = `/${menu.path.slice(1).replaceAll('/', ' ')}`;
  if (terse) return rows.map(({ head, pairs }) => [path, head, ...pairs.map(writePair)].join(' '));
  return [path, ...rows.flatMap(({ head, pairs }) => wrapCommand(head, pairs))];
}
