import { CONVOY_VERSION, versionOfPoller } from '../../../shared/platform/process/version.ts';
import { fine, wrong, type Finding } from './finding.ts';

/**
 * Whether the processes that answer are of this version: workers as they call themselves where they ask for work, web
 * process and gateway as their `/readyz` says; `null` is one that does not say it yet, `undefined` one that did not answer.
 */
export function compareVersions(
  pollers: readonly string[],
  answers: Readonly<Record<string, string | null | undefined>>,
): Finding {
  const workers = [...new Set(pollers)].map((identity) => {
    const process = identity.split('#')[0] ?? identity;
    return [`worker ${process}`, versionOfPoller(identity)] as const;
  });
  const processes = [...workers, ...Object.entries(answers).filter(([, version]) => version !== undefined)];
  const others = processes.filter(([, version]) => version !== CONVOY_VERSION);
  if (processes.length === 0) return fine('No process answers that could be of another version.');
  if (others.length === 0)
    return fine(`All ${processes.length} processes that answer are of ${CONVOY_VERSION}, as this is.`);
  const named = others.map(([name, version]) => `${name} is of ${version ?? 'a version that does not say'}`);
  return wrong(
    `This is ${CONVOY_VERSION}; ${named.join(', ')}.`,
    'Bring all processes to one version. A worker that ended is named for some minutes more.',
  );
}
