/** One sample of an exposition. */
export interface OpenMetricsSample {
  metric: string;
  labels: Record<string, string>;
  value: number;
  /** Seconds since 1970; null when none is given. */
  timestamp: number | null;
}

const NAME = String.raw`[a-zA-Z_:][a-zA-Z0-9_:]*`;
const DESCRIPTION = new RegExp(String.raw`^# (TYPE|UNIT|HELP) (${NAME}) (.*)$`);
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)(?: (\d+(?:\.\d+)?))?$`,
);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/;

/**
 * Reads a text of gauges as strictly as OpenMetrics 1.0 is written: an end mark, metrics that stand together and are
 * described before their samples, units that end their names, known escapes, no sample twice. Fails on anything else.
 */
export function parseOpenMetrics(text: string): OpenMetricsSample[] {
  if (!text.endsWith('# EOF\n')) throw new Error('the end mark is missing');
  const lines = text.slice(0, -'# EOF\n'.length).split('\n');
  if (lines.pop() !== '') throw new Error('the last line is not ended');
  const samples: OpenMetricsSample[] = [];
  const finished = new Set<string>();
  const seen = new Set<string>();
  let current = '';
  let described = new Set<string>();
  for (const line of lines) {
    const [, keyword = '', about = '', value = ''] = DESCRIPTION.exec(line) ?? [];
    const sample = keyword === '' ? sampleOf(line) : null;
    const metric = sample?.metric ?? about;
    if (metric !== current) {
      if (finished.has(metric)) throw new Error(`${metric} does not stand together`);
      if (sample !== null) throw new Error(`${metric} is not described`);
      finished.add(metric);
      current = metric;
      described = new Set();
    }
    if (sample === null) {
      if (described.has(keyword) || described.has('samples'))
        throw new Error(`${keyword} of ${metric} comes late or twice`);
      if (keyword === 'TYPE' && value !== 'gauge') throw new Error(`${metric} is a ${value}`);
      if (keyword === 'UNIT' && !metric.endsWith(`_${value}`)) throw new Error(`${metric} does not end in ${value}`);
      described.add(keyword);
      continue;
    }
    described.add('samples');
    const key = JSON.stringify([metric, Object.entries(sample.labels).toSorted(([a], [b]) => a.localeCompare(b))]);
    if (seen.has(key)) throw new Error(`${key} is there twice`);
    seen.add(key);
    samples.push(sample);
  }
  return samples;
}

function sampleOf(line: string): OpenMetricsSample {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`not a line of OpenMetrics: ${line}`);
  const [, metric = '', labels = '', value = '', timestamp] = match;
  return {
    metric,
    labels: labelsOf(labels),
    value: Number(value),
    timestamp: timestamp === undefined ? null : Number(timestamp),
  };
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== '';) {
    const match = LABEL.exec(rest);
    if (match === null) throw new Error(`not labels: ${rest}`);
    const [whole, name = '', value = ''] = match;
    if (name in labels) throw new Error(`the label ${name} is there twice`);
    labels[name] = value.replaceAll(/\\([\\n"])/g, (_, character: string) => (character === 'n' ? '\n' : character));
    rest = rest.slice(whole.length);
  }
  return labels;
}
