import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ensureTemporalBinaries } from '../../scripts/build-temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('builds what the cache does not hold with go install, tells about it, and never again', async () => {
  const { env, cacheDir } = await withGo(
    'echo go.temporal.io/server/common >&2; printf binary > "$GOBIN/server"; chmod +x "$GOBIN/server"',
  );
  const lines: string[] = [];
  const binaries = await ensureTemporalBinaries({ cacheDir, env, onProgress: (line) => lines.push(line) });
  expect(binaries).toEqual({
    server: path.join(cacheDir, 'bin', 'temporal-server-v1.32.0', 'server'),
    uiServer: path.join(cacheDir, 'bin', 'temporal-ui-server-v2.54.1', 'server'),
  });
  expect(lines[0]).toMatch(/^Temporal server 1\.32\.0: building with go install, once/);
  expect(lines[1]).toMatch(/^Temporal server 1\.32\.0: built in \d+ s$/);
  lines.length = 0;
  await ensureTemporalBinaries({ cacheDir, env: { PATH: '/nowhere' }, onProgress: (line) => lines.push(line) });
  expect(lines).toEqual([]);
});

test('says what go said when a build fails, and leaves nothing half-built', async () => {
  const { env, cacheDir } = await withGo('echo "go: dial tcp: no route to host" >&2; exit 1');
  const build = ensureTemporalBinaries({ cacheDir, env });
  await expect(build).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  await expect(build).rejects.toThrow(
    /go\.temporal\.io\/server.* ended with exit code 1: go: dial tcp: no route to host/,
  );
  expect(await readdir(path.join(cacheDir, 'bin'))).toEqual([]);
});

test('removes what an interrupted build left behind', async () => {
  const { env, cacheDir } = await withGo('printf binary > "$GOBIN/server"; chmod +x "$GOBIN/server"');
  const abandoned = path.join(cacheDir, 'bin', 'temporal-server-v1.32.0.building-4194303');
  await mkdir(abandoned, { recursive: true });
  await ensureTemporalBinaries({ cacheDir, env });
  expect((await readdir(path.join(cacheDir, 'bin'))).toSorted()).toEqual([
    'temporal-server-v1.32.0',
    'temporal-ui-server-v2.54.1',
  ]);
});

test('says in one sentence what to do when Go is missing', async () => {
  const build = ensureTemporalBinaries({ cacheDir: await temporaryFolder(), env: { PATH: '/nowhere' } });
  await expect(build).rejects.toMatchObject({ code: 'GO_MISSING' });
  await expect(build).rejects.toThrow(/install Go 1\.26 or newer .*CONVOY_TEMPORAL_SERVER .*CONVOY_TEMPORAL_ADDRESS/);
});

test('takes ready programs where the variables name them, and refuses what cannot be run', async () => {
  const given = path.join(await temporaryFolder(), 'my-server');
  await writeFile(given, '');
  const env = { CONVOY_TEMPORAL_SERVER: given, CONVOY_TEMPORAL_UI_SERVER: given };
  const refusal = ensureTemporalBinaries({ cacheDir: '/nowhere', env });
  await expect(refusal).rejects.toMatchObject({
    code: 'BINARY_MISSING',
    message: `CONVOY_TEMPORAL_SERVER names ${given}, which is not an executable file`,
  });
  await chmod(given, 0o755);
  expect(await ensureTemporalBinaries({ cacheDir: '/nowhere', env })).toEqual({ server: given, uiServer: given });
});

/** An environment whose `go` is a script. */
async function withGo(script: string): Promise<{ env: NodeJS.ProcessEnv; cacheDir: string }> {
  const folder = await temporaryFolder();
  const tools = path.join(folder, 'tools');
  await mkdir(tools);
  await writeFile(path.join(tools, 'go'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { env: { PATH: `${tools}:/usr/bin:/bin` }, cacheDir: path.join(folder, 'cache') };
}
