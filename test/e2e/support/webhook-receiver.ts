import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  /** Of the header. */
  eventId: string;
  type: string;
  data: { plan: Record<string, unknown> };
  /** All that was posted. */
  body: Record<string, unknown>;
  /** What the endpoint answered. */
  status: number;
}

export interface WebhookReceiver {
  url: string;
  /** Everything that was posted and rightly signed, in its order. */
  events: ReceivedEvent[];
  /** Posts that were not signed by the secret. */
  forged: number;
  /** How the next posts are answered; 0 cuts the connection. Default 204. */
  answer: (event: Pick<ReceivedEvent, 'type' | 'eventId'>) => number;
  close(): Promise<void>;
}

/** An endpoint as somebody else would write it: it checks signatures by the words of Standard Webhooks alone. */
export async function startReceiver(secret: string): Promise<WebhookReceiver> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const receiver: WebhookReceiver = { url: '', events: [], forged: 0, answer: () => 204, close: async () => {} };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const eventId = String(request.headers['webhook-id']);
      const signed = `${eventId}.${String(request.headers['webhook-timestamp'])}.${body}`;
      const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
      const given = Buffer.from(String(request.headers['webhook-signature']));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) receiver.forged += 1;
      const parsed = JSON.parse(body) as Pick<ReceivedEvent, 'type' | 'data'>;
      const { type, data } = parsed;
      const status = receiver.answer({ type, eventId });
      receiver.events.push({ eventId, type, data, body: { ...parsed }, status });
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  receiver.close = async () => {
    const closed = once(server, 'close');
    server.closeAllConnections();
    server.close();
    await closed;
  };
  return receiver;
}
