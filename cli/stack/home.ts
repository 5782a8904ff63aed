import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project folder: the checkout or the installed package. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Where the embedded stack keeps what must outlive a run; every path is absolute. */
export interface StackHome {
  root: string;
  /** Generated development keys; the folder is 0700 and every file in it 0600. */
  keysDir: string;
  logsDir: string;
  postgresDir: string;
  temporalDir: string;
  simulatorDir: string;
  /** The addresses of the running stack, for other commands; exists only while it runs. */
  stackFile: string;
  /** The processes of the running stack, for cleaning up after a killed launcher. */
  processesFile: string;
  accessFile: string;
}

/** The folder that CONVOY_HOME names, `.convoy` in the project folder by default. */
export function homePath(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(projectRoot, env['CONVOY_HOME'] || '.convoy');
}

/** Names the places inside a home folder without touching the disk. */
export function homeAt(root: string): StackHome {
  return {
    root,
    keysDir: path.join(root, 'keys'),
    logsDir: path.join(root, 'logs'),
    postgresDir: path.join(root, 'postgres'),
    temporalDir: path.join(root, 'temporal'),
    simulatorDir: path.join(root, 'simulator'),
    stackFile: path.join(root, 'stack.json'),
    processesFile: path.join(root, 'processes.json'),
    accessFile: path.join(root, 'access.yaml'),
  };
}

/** Creates the folders of a home; only the PostgreSQL one may be entered by other users of the machine. */
export async function createHome(root: string): Promise<StackHome> {
  const home = homeAt(root);
  await mkdir(home.root, { recursive: true, mode: 0o755 });
  for (const folder of [home.keysDir, home.logsDir, home.temporalDir, home.simulatorDir]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  return home;
}
