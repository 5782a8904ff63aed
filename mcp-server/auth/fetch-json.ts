const MAX_BYTES = 256 * 1024;

export interface JsonRequest {
  /** For the whole exchange. */
  timeoutMs: number;
  /** Sent by POST as a form; without one the document is read by GET. */
  form?: URLSearchParams;
  /** Default: none but `accept`. */
  headers?: Record<string, string>;
}

/**
 * Reads a small JSON document over HTTP: no redirects, at most 256 KiB. Fails with a plain Error naming the address, and
 * never what was sent to it.
 */
export async function fetchJson(url: string, { timeoutMs, form, headers }: JsonRequest): Promise<unknown> {
  try {
    const response = await fetch(url, {
      ...(form === undefined ? {} : { method: 'POST', body: form }),
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`answered ${response.status}`);
    }
    return JSON.parse(await readCapped(response));
  } catch (error) {
    throw new Error(`${url}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
