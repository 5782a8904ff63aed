import { access, constants, stat } from 'node:fs/promises';
import { z } from 'zod';
import { DATABASE_CHECKS, skewOf } from './database-checks.ts';
import { FILE_CHECKS } from './file-checks.ts';
import { fine, wrong, type Check, type Finding } from './finding.ts';
import { NOT_SET, type Surroundings } from './surroundings.ts';
import { lanePollers, TEMPORAL_CHECKS } from './temporal-checks.ts';
import { compareVersions } from './version-checks.ts';

/** What of `/readyz` is looked at. */
const Readyz = z.object({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.object({ status: z.string(), message: z.string().optional() })),
});

/** In the order in which one thing needs the other. */
export const CHECKS: readonly Check[] = [
  { name: 'Node.js', check: checkNode },
  { name: 'settings', check: checkSettings },
  { name: 'home folder', check: checkHome },
  { name: 'embedded stack', check: checkStack },
  ...FILE_CHECKS,
  ...DATABASE_CHECKS,
  ...TEMPORAL_CHECKS,
  { name: 'fast door', check: checkFastDoor },
  { name: 'identity provider', check: checkIdentityProvider },
  { name: 'web process', check: (surroundings) => checkHttp(surroundings.publicUrl, '/readyz', 'CONVOY_PUBLIC_URL') },
  {
    name: 'approval gateway',
    check: (surroundings) => checkHttp(surroundings.approvalUrl, '/readyz', 'CONVOY_APPROVAL_URL'),
  },
  { name: 'versions', check: checkVersions },
];

async function checkNode(): Promise<Finding> {
  const { node } = process.versions;
  if (Number(node.split('.')[0]) >= 24) return fine(`Node.js ${node} runs the program.`);
  return wrong(`Node.js ${node} is too old; 24 is needed.`, 'Run "npm ci", which brings the right one along.');
}

async function checkSettings({ configProblem }: Surroundings): Promise<Finding> {
  if (configProblem === null) return fine('All CONVOY_ variables are known and well-formed.');
  return wrong(configProblem, 'Correct or unset the variable.');
}

async function checkHome({ home }: Surroundings): Promise<Finding> {
  const folder = await stat(home.root).catch(() => null);
  if (folder === null) return fine(`${home.root} does not exist yet; the first start makes it.`);
  const isWritable = await access(home.root, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isWritable) return fine(`${home.root} can be written to.`);
  return wrong(`${home.root} cannot be written to.`, 'Change its owner, or set CONVOY_HOME to another folder.');
}

async function checkStack({ stack, stackProblem, config }: Surroundings): Promise<Finding> {
  if (stack) return fine(`Runs: ${stack.pids.web.length} web and ${stack.pids.worker.length} worker processes.`);
  const isExternal = config.publicUrl !== undefined;
  if (isExternal) return fine('None runs here; the settings name a deployment elsewhere.');
  return wrong(stackProblem ?? 'No stack runs here.', 'Start it with npm start.');
}

/** The server answers there whatever is asked, if only that it has no such page. */
async function checkFastDoor({ temporalHttpUrl }: Surroundings): Promise<Finding> {
  if (temporalHttpUrl === undefined) {
    return fine('None: CONVOY_TEMPORAL_HTTP_URL is not set, and reads take the way that is some milliseconds slower.');
  }
  try {
    await fetch(temporalHttpUrl, { signal: AbortSignal.timeout(5000), redirect: 'manual' });
    return fine(`${temporalHttpUrl} answers.`);
  } catch {
    return wrong(
      `${temporalHttpUrl} does not answer; reads take the slower way.`,
      'Correct CONVOY_TEMPORAL_HTTP_URL, or have the server listen there: frontend.httpPort of its configuration.',
    );
  }
}

async function checkIdentityProvider({ issuer }: Surroundings): Promise<Finding> {
  if (issuer === undefined) return wrong('No identity provider is known.', `${NOT_SET} CONVOY_OIDC_ISSUER.`);
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = await readJson(url);
  if (metadata === null)
    return wrong(`${url} does not answer with JSON.`, 'Start the identity provider or correct CONVOY_OIDC_ISSUER.');
  const named = (metadata.body as { issuer?: unknown } | null)?.issuer;
  if (named === issuer) {
    // Seconds are cut off in that header.
    const skew = metadata.atMs === null ? null : skewOf('the identity provider', metadata.atMs + 500, Date.now());
    return skew?.ok === false ? skew : fine(`${issuer} answers, names itself rightly, and its clock agrees.`);
  }
  return wrong(`${url} names the issuer ${JSON.stringify(named)}.`, 'Set CONVOY_OIDC_ISSUER to exactly that.');
}

async function checkHttp(origin: string | undefined, path: string, variable: string): Promise<Finding> {
  if (origin === undefined) return wrong('Its address is not known.', `${NOT_SET} ${variable}.`);
  const answer = await readJson(`${origin}${path}`);
  if (answer === null)
    return wrong(`${origin}${path} does not answer.`, `Start it, or correct ${variable}; its log says more.`);
  const degraded = Object.entries(Readyz.safeParse(answer.body).data?.dependencies ?? {})
    .filter(([, { status }]) => status !== 'ok')
    .map(([name, { message }]) => `${name}: ${message ?? 'not well'}`);
  if (answer.ok && degraded.length === 0) return fine(`${origin} answers and is ready.`);
  if (degraded.length > 0) return wrong(`${origin}: ${degraded.join(' ')}`, 'Repair the part it names first.');
  return wrong(`${origin} is not ready: ${JSON.stringify(answer.body)}`, 'Repair the part it names first.');
}

async function checkVersions(surroundings: Surroundings): Promise<Finding> {
  const [pollers, web, gateway] = await Promise.all([
    lanePollers(surroundings),
    versionAt(surroundings.publicUrl),
    versionAt(surroundings.approvalUrl),
  ]);
  return compareVersions(pollers, { 'the web process that answered': web, 'the approval gateway': gateway });
}

async function versionAt(origin: string | undefined): Promise<string | null | undefined> {
  const answer = origin === undefined ? null : await readJson(`${origin}/readyz`);
  if (answer === null) return undefined;
  return Readyz.safeParse(answer.body).data?.version ?? null;
}

/** `atMs`: when the other side says that it answered, milliseconds since 1970. */
async function readJson(url: string): Promise<{ ok: boolean; body: unknown; atMs: number | null } | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    const at = Date.parse(response.headers.get('date') ?? '');
    return { ok: response.ok, body: await response.json(), atMs: Number.isNaN(at) ? null : at };
  } catch {
    // Not answering, and not answering with JSON, are the same finding.
    return null;
  }
}
