import { SEALED_PLACES, type SealedPlace, type SealedSecretStore } from '../persistence/stores/sealed-secret-store.ts';
import { AppError } from '../../errors/app-error.ts';
import { rotate } from './envelope.ts';
import type { Keyring } from './keyring.ts';

/** What sealing everything anew came to, of one kind of secret. */
export interface Resealed {
  place: SealedPlace;
  /** Sealed under the first master key now. */
  resealed: number;
  /** Replaced by somebody else in the meantime: what is there now was not touched. */
  changedMeanwhile: number;
  /** Could not be opened, and stay as they are. */
  failed: { key: string; message: string }[];
}

export interface ResealOptions {
  secrets: Pick<SealedSecretStore, 'notUnder' | 'reseal'>;
  keyring: Keyring;
  /** Secrets read at a time. Default 100. */
  batch?: number;
  /** Opens everything and writes nothing. Default false. */
  dryRun?: boolean;
  /** Told after every batch. */
  onBatch?: (done: Resealed) => void;
}

/**
 * Seals under the first master key whatever another one seals. Each secret is put back by itself, and only while it is still
 * the one that was read, so this may be interrupted anywhere, repeated, and run beside everything else and itself.
 */
export async function resealAll(options: ResealOptions): Promise<Resealed[]> {
  const results = [];
  for (const place of SEALED_PLACES) results.push(await resealPlace(place, options));
  return results;
}

async function resealPlace(
  place: SealedPlace,
  { secrets, keyring, batch = 100, dryRun = false, onBatch }: ResealOptions,
): Promise<Resealed> {
  const result: Resealed = { place, resealed: 0, changedMeanwhile: 0, failed: [] };
  for (let after: string | null = null; ;) {
    const page = await secrets.notUnder(keyring.first.id, { place, after, limit: batch });
    for (const secret of page) {
      const sealed = attempt(() => rotate(keyring, secret.sealed, secret.owner));
      if (typeof sealed !== 'string') result.failed.push({ key: secret.key, message: sealed.message });
      else if (dryRun || (await secrets.reseal(place, secret, sealed))) result.resealed += 1;
      else result.changedMeanwhile += 1;
    }
    const last = page.at(-1);
    if (last === undefined) return result;
    onBatch?.(result);
    after = last.key;
  }
}

/** One secret that does not open must not keep the others under the old key. */
function attempt(work: () => string): string | AppError {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
