import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { StackError } from './stack-error.ts';

const SimulatedDevice = z.strictObject({
  name: z.string(),
  host: z.string(),
  restPort: z.int(),
  sshPort: z.int().optional(),
  version: z.string(),
});

/** `stack.json`: where everything of the running stack is. Absent parts are external or switched off. */
export const StackFile = z.strictObject({
  mcpUrl: z.url(),
  apiUrl: z.url(),
  consoleUrl: z.url(),
  oidc: z.strictObject({ issuer: z.url() }),
  temporal: z.strictObject({
    address: z.string(),
    namespace: z.string(),
    /** For the fast door. */
    httpUrl: z.url().optional(),
    /** The approval gateway's origin, where people see the Temporal UI. */
    uiUrl: z.url(),
  }),
  postgresUrl: z.string(),
  metricsUrls: z.array(z.url()),
  simulator: z.strictObject({ controlUrl: z.url(), devices: z.array(SimulatedDevice) }).optional(),
  pids: z.strictObject({
    web: z.array(z.int()),
    worker: z.array(z.int()),
    gateway: z.int().optional(),
    temporal: z.int().optional(),
    temporalUi: z.int().optional(),
    identityProvider: z.int().optional(),
    postgres: z.int().optional(),
    simulator: z.int().optional(),
  }),
});
export type StackFile = z.infer<typeof StackFile>;

/** Writes the file in one step, mode 0600: it holds the database's password. */
export async function writeStackFile(file: string, content: StackFile): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(StackFile.parse(content), null, 2)}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}

/** Reads the file of the running stack; one sentence when none runs or when the file is not ours. */
export async function readStackFile(file: string): Promise<StackFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new StackError('STACK_NOT_RUNNING', `no stack runs here: there is no ${file}; start one with npm start`, {
      cause,
    });
  }
  try {
    return StackFile.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new StackError('STACK_FILE_INVALID', `${file} was not written by this version of Convoy: ${reason}`, {
      cause,
    });
  }
}

/** Removes the file when the stack stops. */
export async function removeStackFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
