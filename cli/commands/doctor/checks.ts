import { connect } from 'node:net';
import { access, constants, stat } from 'node:fs/promises';
import type { Surroundings } from './surroundings.ts';

export interface Finding {
  ok: boolean;
  sentence: string;
  /** What to do, when something is wrong. */
  advice?: string;
}

export interface CheckResult extends Finding {
  name: string;
}

export interface Check {
  name: string;
  check: (surroundings: Surroundings) => Promise<Finding>;
}

const NOT_SET = 'Start a stack with npm start, or set';

/** In the order in which one thing needs the other. */
export const CHECKS: readonly Check[] = [
  { name: 'Node.js', check: checkNode },
  { name: 'settings', check: checkSettings },
  { name: 'home folder', check: checkHome },
  { name: 'embedded stack', check: checkStack },
  { name: 'PostgreSQL', check: checkPostgres },
  { name: 'Temporal', check: checkTemporal },
  { name: 'identity provider', check: checkIdentityProvider },
  { name: 'web process', check: (surroundings) => checkHttp(surroundings.publicUrl, '/readyz', 'CONVOY_PUBLIC_URL') },
  {
    name: 'approval gateway',
    check: (surroundings) => checkHttp(surroundings.approvalUrl, '/healthz', 'CONVOY_APPROVAL_URL'),
  },
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

async function checkPostgres({ postgresUrl }: Surroundings): Promise<Finding> {
  if (postgresUrl === undefined) return wrong('No database is known.', `${NOT_SET} CONVOY_POSTGRES_URL.`);
  const { host } = new URL(postgresUrl);
  try {
    // Loaded only here: it takes longer than everything else together.
    const { openDatabase } = await import('../../../shared/platform/persistence/database.ts');
    const database = await openDatabase({ url: postgresUrl, poolMax: 1 });
    await database.close();
    return fine(`PostgreSQL at ${host} answers.`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong(
      `PostgreSQL at ${host} cannot be used: ${reason}`,
      'Check that it runs and that user and password are right.',
    );
  }
}

async function checkTemporal({ temporalAddress }: Surroundings): Promise<Finding> {
  if (temporalAddress === undefined)
    return wrong('No Temporal server is known.', `${NOT_SET} CONVOY_TEMPORAL_ADDRESS.`);
  if (await acceptsConnections(temporalAddress)) return fine(`Temporal at ${temporalAddress} takes connections.`);
  return wrong(
    `Nothing listens at ${temporalAddress}.`,
    'Start the Temporal server or correct CONVOY_TEMPORAL_ADDRESS.',
  );
}

async function checkIdentityProvider({ issuer }: Surroundings): Promise<Finding> {
  if (issuer === undefined) return wrong('No identity provider is known.', `${NOT_SET} CONVOY_OIDC_ISSUER.`);
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = await readJson(url);
  if (metadata === null)
    return wrong(`${url} does not answer with JSON.`, 'Start the identity provider or correct CONVOY_OIDC_ISSUER.');
  const named = (metadata.body as { issuer?: unknown } | null)?.issuer;
  if (named === issuer) return fine(`${issuer} answers and names itself rightly.`);
  return wrong(`${url} names the issuer ${JSON.stringify(named)}.`, 'Set CONVOY_OIDC_ISSUER to exactly that.');
}

async function checkHttp(origin: string | undefined, path: string, variable: string): Promise<Finding> {
  if (origin === undefined) return wrong('Its address is not known.', `${NOT_SET} ${variable}.`);
  const answer = await readJson(`${origin}${path}`);
  if (answer === null)
    return wrong(`${origin}${path} does not answer.`, `Start it, or correct ${variable}; its log says more.`);
  if (answer.ok) return fine(`${origin} answers and is ready.`);
  return wrong(`${origin} is not ready: ${JSON.stringify(answer.body)}`, 'Repair the part it names first.');
}

async function readJson(url: string): Promise<{ ok: boolean; body: unknown } | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return { ok: response.ok, body: await response.json() };
  } catch {
    // Not answering, and not answering with JSON, are the same finding.
    return null;
  }
}

async function acceptsConnections(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), timeout: 5000 });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

function fine(sentence: string): Finding {
  return { ok: true, sentence };
}

function wrong(sentence: string, advice: string): Finding {
  return { ok: false, sentence, advice };
}
