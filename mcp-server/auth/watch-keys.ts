import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { IssuerKeysOptions } from './issuer-keys.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Makes an outage of the identity provider show: in the log with the time that is left, and in the metrics. */
export function watchKeys(
  log: Pick<Logger, 'warn' | 'error'>,
  metrics: Pick<Metrics, 'issuerKeyReads' | 'issuerKeysRead'>,
): Required<Pick<IssuerKeysOptions, 'onReloaded' | 'onReloadFailed'>> {
  return {
    onReloaded() {
      metrics.issuerKeyReads.inc({ outcome: 'ok' });
      metrics.issuerKeysRead.set(Math.floor(currentMs() / 1000));
    },
    onReloadFailed(err, usableMs) {
      metrics.issuerKeyReads.inc({ outcome: 'failed' });
      const usableSeconds = Math.floor(usableMs / 1000);
      if (usableSeconds > 0)
        log.warn({ err, usableSeconds }, "identity provider's keys not reloaded; known ones are used");
      else log.error({ err }, "identity provider's keys not readable and none known; nobody is let in");
    },
  };
}
