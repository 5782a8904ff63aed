import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeviceSession, type DeviceSession } from '../../activities/routeros/device-session.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ReadOperation } from '../../shared/operations/define-operation.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { untrustedFields } from '../../shared/operations/output-fields.ts';
import type { BoardKey } from '../../simulator/boards.ts';
import { PATIENT_LIMITS, startDevice, type SimulatedDevice } from '../activities/routeros/simulated-device.ts';
import { HOSTILE_TEXTS, MARKER } from './hostile-texts.ts';
import { recording, withText } from './recorded-router.ts';

const READS = OPERATIONS.filter((operation): operation is ReadOperation => operation.effect === 'read');
/** Between them they have every kind of radio and port. */
const BOARDS: BoardKey[] = ['hap_ax2', 'hap_ac2', 'ccr2004'];
/** Nothing of this is drawn, and so could hide from whoever reads an answer. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
const LINK = /(?<![a-z\d])(https?:|ftp:|javascript:|file:\/\/|data:[a-z]+\/)/i;
const LONGEST_ANSWER = 100_000;

describe.each(BOARDS)('whatever the texts of a %s say', (board) => {
  let device: SimulatedDevice;
  let session: DeviceSession;

  beforeAll(async () => {
    device = await startDevice({ http: true, board, version: '7.22.3' });
    session = createDeviceSession({ ...device.target, limits: PATIENT_LIMITS });
  });
  afterAll(async () => {
    await session.close();
    await device.stop();
  });

  test.each(READS)('$name repeats them as data only', async (operation) => {
    const { paths, effect } = operation;
    const real = session.router({ paths, effect });
    const recorded = recording(real);
    const input = operation.input.parse(operation.example);
    const run = (router: typeof real) => operation.handler(router, input);
    await run(recorded.router).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
    const mayHold = new Set(untrustedFields(operation.output));
    for (const field of recorded.recording.fields) {
      for (const text of HOSTILE_TEXTS) {
        const router = withText(real, recorded.recording, field, text);
        const problems = await problemsOf(operation, () => run(router), mayHold);
        expect(problems, `${field}: ${JSON.stringify(text.slice(0, 80))}`).toEqual([]);
      }
    }
  });
});

/** What is wrong with an answer to hostile text; a refusal is a good answer when its words are ours. */
async function problemsOf(
  operation: ReadOperation,
  answer: () => Promise<object>,
  mayHold: ReadonlySet<string>,
): Promise<string[]> {
  try {
    const output = operation.output.parse(await answer());
    const problems = textsOf(output, '').flatMap(([path, text]) => problemsIn(path, text, mayHold));
    const size = JSON.stringify(output).length;
    return size > LONGEST_ANSWER ? [...problems, `the answer has ${size} characters`] : problems;
  } catch (error) {
    if (!(error instanceof AppError)) return [`failed with ${String(error)}`];
    const { message, hint = '' } = error;
    return `${message} ${hint}`.includes(MARKER) ? [`the refusal says ${message}`] : [];
  }
}

function problemsIn(path: string, text: string, mayHold: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (HIDDEN.test(text)) problems.push(`${path} holds a hidden character`);
  if (text.includes('](')) problems.push(`${path} holds a link of Markdown`);
  if (!path.startsWith('lines') && LINK.test(text)) problems.push(`${path} holds a link`);
  if (text.includes(MARKER) && !mayHold.has(path)) problems.push(`${path} is not declared as untrusted`);
  return problems;
}

/** All texts of an answer, with their paths as `untrustedFields` writes them. */
function textsOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((one) => textsOf(one, `${path}[]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => textsOf(member, path === '' ? name : `${path}.${name}`));
}
