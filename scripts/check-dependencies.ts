/**
 * Checks what the lock file brings in: licences, programs that run at installation, and published advisories. Exits 1 with
 * a line for every finding. A registry that keeps no advisories (a mirror) is said so and passes; with `--require-audit` it
 * fails, and with `--offline` nobody is asked. `--lock` names another lock file.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import satisfies from 'spdx-satisfies';
import { z } from 'zod';
import {
  ACCEPTED_ADVISORIES,
  INSTALL_SCRIPTS,
  LICENCES,
  LICENCES_OF_TOOLS,
  LICENCES_READ,
} from './dependency-rules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    'require-audit': { type: 'boolean', default: false },
    offline: { type: 'boolean', default: false },
    lock: { type: 'string', default: `${root}/package-lock.json` },
  },
});

const LockedPackage = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
type LockedPackage = z.infer<typeof LockedPackage>;
const Lock = z.object({ packages: z.record(z.string(), LockedPackage) });

const Advisory = z.object({ title: z.string(), severity: z.string(), url: z.string() });
const AuditReport = z.object({
  vulnerabilities: z.record(z.string(), z.object({ via: z.array(z.union([z.string(), Advisory])) })),
});

const findings = [...(await lockFindings()), ...(options.offline ? [] : await advisoryFindings())];
for (const finding of findings) console.error(`dependencies: ${finding}`);
if (findings.length === 0) console.log('dependencies: licences and installation scripts are as allowed');
process.exit(findings.length === 0 ? 0 : 1);

async function lockFindings(): Promise<string[]> {
  const { packages } = Lock.parse(JSON.parse(await readFile(options.lock, 'utf8')));
  const found = await Promise.all(
    Object.entries(packages)
      .filter(([path, { link }]) => path !== '' && link !== true)
      .map(async ([path, locked]) => {
        const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return [licenceFinding(name, locked, await licenceOf(path, name, locked)), originFinding(name, locked)];
      }),
  );
  return found.flat().filter((finding) => finding !== null);
}

/** As the lock file says, else as a person read, else in the old form of a package that is installed. */
async function licenceOf(path: string, name: string, { license }: LockedPackage): Promise<string | null> {
  const said = LICENCES_READ[name] ?? license;
  if (said !== undefined) return said;
  const Old = z.object({ licenses: z.array(z.object({ type: z.string() })).min(1) });
  const text = await readFile(`${root}/${path}/package.json`, 'utf8').catch(() => '{}');
  const old = Old.safeParse(JSON.parse(text));
  return old.success ? old.data.licenses.map(({ type }) => type).join(' OR ') : null;
}

function licenceFinding(name: string, { dev = false }: LockedPackage, licence: string | null): string | null {
  if (licence === null) return `${name} does not say its licence; read it and enter it in LICENCES_READ`;
  const allowed: string[] = dev ? [...LICENCES, ...LICENCES_OF_TOOLS] : [...LICENCES];
  try {
    if (satisfies(licence, allowed)) return null;
  } catch {
    return `${name}: "${licence}" is no SPDX expression; read the licence and enter it in LICENCES_READ`;
  }
  return `${name} is under ${licence}; allowed${dev ? ' for tools' : ''}: ${allowed.join(', ')}`;
}

/** Every package comes from a registry with the hash of its content, and runs nothing unknown when it is installed. */
function originFinding(name: string, { resolved, integrity, hasInstallScript = false }: LockedPackage): string | null {
  if (integrity === undefined) return `${name} has no integrity hash in the lock file`;
  if (resolved !== undefined && !resolved.startsWith('https://'))
    return `${name} does not come over https: ${resolved}`;
  if (!hasInstallScript) return null;
  const isKnown = name in INSTALL_SCRIPTS || `${name.split('/')[0]}/*` in INSTALL_SCRIPTS;
  return isKnown ? null : `${name} runs a script when it is installed; look at it and enter it in INSTALL_SCRIPTS`;
}

async function advisoryFindings(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['audit', '--json', '--omit=dev'], {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
  }).catch((error: unknown) => z.object({ stdout: z.string() }).catch({ stdout: '' }).parse(error));
  const report = AuditReport.safeParse(parsed(stdout));
  if (!report.success) {
    const sentence = 'advisories could not be asked for: this registry keeps none, or it does not answer';
    if (options['require-audit']) return [sentence];
    console.warn(`dependencies: NOT CHECKED: ${sentence}`);
    return [];
  }
  const advisories = Object.entries(report.data.vulnerabilities).flatMap(([name, { via }]) =>
    via.filter((one) => typeof one !== 'string').map((one) => ({ name, ...one, id: one.url.split('/').at(-1) ?? '' })),
  );
  const now = new Date().toISOString();
  return advisories
    .filter(({ id }) => (ACCEPTED_ADVISORIES[id]?.until ?? '') < now)
    .map(({ name, severity, title, url }) => `${name}: ${severity}: ${title} (${url})`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
