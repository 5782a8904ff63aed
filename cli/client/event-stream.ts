/** One server-sent event (HTML, "Server-sent events"). */
export interface ServerEvent {
  /** Default `message`. */
  name: string;
  data: string;
  /** The id to come back with. */
  id: string | null;
}

/** Reads events from a stream as they come; comments are skipped. `onTraffic` hears of every piece, comments included. */
export async function* readEvents(
  stream: AsyncIterable<Uint8Array>,
  onTraffic: () => void = () => {},
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    onTraffic();
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.search(BLANK_LINE); end >= 0; end = rest.search(BLANK_LINE)) {
      const event = parseEvent(rest.slice(0, end));
      rest = rest.slice(end).replace(BLANK_LINE, '');
      if (event !== null) yield event;
    }
  }
}

const BLANK_LINE = /\r?\n\r?\n/;

function parseEvent(text: string): ServerEvent | null {
  const fields = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    name: fields.get('event')?.at(-1) ?? 'message',
    data: data.join('\n'),
    id: fields.get('id')?.at(-1) ?? null,
  };
}
