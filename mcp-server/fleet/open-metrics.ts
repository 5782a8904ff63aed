import { measureOf, measuresOf, METRIC_KINDS, type MetricKind } from '../../shared/domain/device-metrics/measures.ts';
import type { LatestMetrics } from '../../shared/platform/persistence/stores/device-metric-store.ts';

/** OpenMetrics 1.0, section 4.1. */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface ExportedDevice {
  deviceId: string;
  name: string;
  environment: string;
  series: readonly Omit<LatestMetrics, 'deviceId'>[];
}

/**
 * The newest values of devices in OpenMetrics' text format, each with the time at which it was collected. All samples of a
 * metric stand together, as the format demands.
 */
export function openMetrics(devices: readonly ExportedDevice[]): string {
  const families = METRIC_KINDS.flatMap((kind) => measuresOf(kind).map((measure) => ({ kind, measure })));
  const lines = families.flatMap(({ kind, measure }) => {
    const { metric, unit, about } = measureOf(kind, measure)!;
    const name = `convoy_device_${metric}`;
    const samples = devices.flatMap((device) =>
      device.series
        .filter((series) => series.kind === kind && series.values[measure] != null)
        .map((series) => {
          const seconds = (Date.parse(series.at) / 1000).toFixed(3);
          return `${name}{${labelsOf(device, kind, series.name)}} ${String(series.values[measure])} ${seconds}`;
        }),
    );
    if (samples.length === 0) return [];
    const unitLine = unit === '' ? [] : [`# UNIT ${name} ${unit}`];
    return [`# TYPE ${name} gauge`, ...unitLine, `# HELP ${name} ${escaped(about)}.`, ...samples];
  });
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function labelsOf({ deviceId, name, environment }: ExportedDevice, kind: MetricKind, of: string): string {
  const labels = { device_id: deviceId, device: name, environment, ...(kind === 'device' ? {} : { [kind]: of }) };
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');
}

/** Section 4.2, `escaped-string`. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
