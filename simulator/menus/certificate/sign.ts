import type { CommandDefinition, Item, Reply, Row, RouterView } from '../../engine/definition.ts';
import { failure, missingArgument, noMatch, noSuchItem } from '../../engine/router-error.ts';
import { MONITOR_PARAMETERS } from '../monitor.ts';
import { CERT, describe, issue, KEY, type Pem } from './x509.ts';

/** Refusal of a second signature; the text is not measured on a device. */
const ALREADY_SIGNED = 'certificate is already signed';

/** How long a router works on keys of a size, in seconds of its clock. RSA keeps small processors busy. */
const SECONDS: Readonly<Record<string, number | undefined>> = {
  '1024': 1,
  '1536': 1,
  '2048': 2,
  '4096': 12,
  '8192': 90,
};

let signatures = 0;

/**
 * Makes keys and signs a template, with an authority of this router or with itself. It goes on when nobody waits for it
 * any more: a session that ends before only misses the answer.
 */
export function signCommand(path: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'number', 'numbers', 'ca', 'ca-crl-host', 'ca-on-smart-card', 'name', ...MONITOR_PARAMETERS],
    writes: true,
    run: (args, router, _caller, signal): Promise<Reply> => {
      const key = args.get('.id') ?? args.get('number') ?? args.get('numbers');
      if (key === undefined) throw missingArgument('.id');
      const item = router.find(path, key);
      if (!item) throw noSuchItem();
      if (item.values[CERT] !== undefined) throw failure(ALREADY_SIGNED);
      const ca = authority(path, args.get('ca'), router);
      const seconds = SECONDS[item.values['key-size'] ?? ''] ?? 1;
      const signed = sign(item, ca, seconds, args.get('name'), router);
      return Promise.race([signed.then((): Reply => ({ kind: 'rows', rows: progress(seconds) })), rejected(signal)]);
    },
  };
}

function authority(path: string, name: string | undefined, router: RouterView): Item | undefined {
  if (name === undefined || name === '') return undefined;
  const ca = router.find(path, name);
  if (ca?.values['authority'] !== 'true' || ca.values[KEY] === undefined) throw noMatch('ca');
  return ca;
}

async function sign(
  item: Item,
  ca: Item | undefined,
  seconds: number,
  name: string | undefined,
  router: RouterView,
): Promise<void> {
  const { [CERT]: cert, [KEY]: key } = ca?.values ?? {};
  const issuer: Pem | undefined = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  const [made] = await Promise.all([issue(item.values, router.clock.now(), issuer), passed(seconds, router)]);
  item.values = {
    ...item.values,
    ...describe(made.cert, made.key),
    'subject-alt-name': item.values['subject-alt-name'] ?? '',
    akid: ca?.values['skid'] ?? '',
    trusted: String(ca === undefined || item.values['trusted'] === 'true'),
    ...(ca ? { issuer: ca.id } : {}),
    ...(name === undefined ? {} : { name }),
  };
  router.log('system,info,certificate', `certificate ${item.values['name'] ?? ''} signed`);
}

/** Time on the router's own clock; a restart on the way leaves the template as it was. */
function passed(seconds: number, router: RouterView): Promise<void> {
  signatures += 1;
  const timer = `certificate/${signatures}`;
  const { promise, resolve } = Promise.withResolvers<void>();
  router.clock.setTimer(timer, seconds * 1000, resolve);
  return promise;
}

function rejected(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return promise;
}

/** A row for every second, and the last word. */
function progress(seconds: number): Row[] {
  const waits = Array.from({ length: seconds }, () => 'wait');
  return [...waits, 'done'].map((word, section) => ({ '.section': String(section), progress: word }));
}
