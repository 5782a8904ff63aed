import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

/** What a call of a generated client comes to. */
export interface GeneratedAnswer {
  data?: Record<string, unknown>;
  error?: Record<string, unknown>;
  response: Response;
}

/** One function an operation of the API, in camel case. */
export type GeneratedClient = Record<string, (options?: Record<string, unknown>) => Promise<GeneratedAnswer>>;

/** The generator needs the compiler's programming interface, which TypeScript 7 does not have any more. */
const WITH_OLDER_COMPILER = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => next(name === 'typescript' ? 'typescript-6' : name, context) });`;

const GENERATOR = fileURLToPath(new URL('../../../node_modules/@hey-api/openapi-ts/dist/run.mjs', import.meta.url));
const run = promisify(execFile);

/** Has a client generated from the served OpenAPI document, by a generator that knows nothing of this project. */
export async function generateClient(documentUrl: string): Promise<GeneratedClient> {
  const folder = await mkdtemp(path.join(tmpdir(), 'convoy-client-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const hooks = path.join(folder, 'hooks.mjs');
  const output = path.join(folder, 'client');
  await writeFile(hooks, WITH_OLDER_COMPILER);
  await run(process.execPath, ['--import', hooks, GENERATOR, '-i', documentUrl, '-o', output], { cwd: process.cwd() });
  return (await import(/* @vite-ignore */ pathToFileURL(path.join(output, 'sdk.gen.ts')).href)) as GeneratedClient;
}
