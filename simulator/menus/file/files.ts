import type { Item, RouterView } from '../../engine/definition.ts';

export const FILES = '/file';

/** The file of a name; a leading slash does not matter. */
export function findFile(router: RouterView, name: string): Item | undefined {
  const wanted = name.replace(/^\//, '');
  return router.items(FILES).find((item) => item.values['name'] === wanted);
}

/** What a file holds; undefined when there is none of that name, or it is a folder. */
export function readFile(router: RouterView, name: string): Buffer | undefined {
  const item = findFile(router, name);
  return item && !isFolder(item) ? bytesOf(item) : undefined;
}

/** Writes a file, in the place of one of the same name; folders on the way to it are made. */
export function writeFile(router: RouterView, name: string, data: string | Buffer): Item {
  const path = name.replace(/^\//, '');
  makeFolders(router, path);
  const item = findFile(router, path) ?? router.insert(FILES, { name: path });
  if (typeof data === 'string') {
    item.values['contents'] = data;
    delete item.internal['binary'];
  } else {
    item.values['contents'] = data.toString('latin1');
    item.internal['binary'] = 1;
  }
  touch(item, router);
  return item;
}

/** Makes the folders that a path goes through. */
export function makeFolders(router: RouterView, path: string): void {
  const words = path.split('/');
  for (let length = 1; length < words.length; length++) {
    const folder = words.slice(0, length).join('/');
    if (findFile(router, folder)) continue;
    touch(router.insert(FILES, { name: folder, folder: 'directory' }), router);
  }
}

/** Notes that a file changed just now. */
export function touch(item: Item, router: RouterView): void {
  item.internal['modifiedMs'] = router.clock.now();
}

/** Bytes of a file. Binary ones are kept as one character for each byte. */
export function bytesOf(item: Item): Buffer {
  return Buffer.from(item.values['contents'] ?? '', item.internal['binary'] === 1 ? 'latin1' : 'utf8');
}

export function isFolder(item: Item): boolean {
  return item.values['folder'] !== undefined;
}

/** Bytes that files take on the flash, and in memory on boards where only a folder is on the flash. */
export function usedBytes(router: RouterView, where: 'flash' | 'memory'): number {
  return router
    .items(FILES)
    .filter((item) => isInMemory(item, router) === (where === 'memory'))
    .reduce((sum, item) => sum + bytesOf(item).length, 0);
}

/** Is the file lost when the router restarts? */
export function isInMemory(item: Item, router: RouterView): boolean {
  return router.board.flashFolder === true && !/^flash(\/|$)/.test(item.values['name'] ?? '');
}
