import { Command, Option } from 'commander';
import { ulid } from 'ulid';
import { FLEET_EVENTS, type FleetEventType } from '../../../shared/domain/fleet-event.ts';
import { inTemplate } from '../../../shared/platform/webhooks/chat-templates.ts';
import { postWebhook } from '../../../shared/platform/webhooks/post-webhook.ts';
import { readWebhooks } from '../../../shared/platform/webhooks/webhook-file.ts';
import { CliError } from '../../client/cli-error.ts';
import { print, printJson } from '../terminal.ts';
import { sampleBody } from './sample-event.ts';

/** `convoy webhook test`. */
export function testWebhookCommand(): Command {
  return new Command('test')
    .description(
      'post a signed event from this machine to an endpoint, in its template; without --event of the type webhook.test',
    )
    .argument('<file>', 'the YAML file')
    .argument('<endpoint>', 'name of the endpoint in it')
    .addOption(
      new Option('--event <type>', 'a made-up event of the fleet, as the endpoint would be told of it').choices(
        FLEET_EVENTS,
      ),
    )
    .option('--json', 'print data as JSON')
    .action(async (file: string, name: string, { event, json }: { event?: FleetEventType; json?: true }) => {
      const { endpoints } = await readWebhooks(file);
      const endpoint = endpoints.find((one) => one.name === name);
      if (endpoint === undefined) {
        const known = endpoints.map((one) => one.name).join(', ') || 'none';
        throw new CliError('NOT_FOUND', `There is no endpoint "${name}" in ${file}; there are: ${known}.`);
      }
      const eventId = `evt_${ulid()}`;
      const body = inTemplate(endpoint.template, event === undefined ? testBody() : sampleBody(event));
      const result = await postWebhook(endpoint, { eventId, body });
      if (result.is === 'failed') throw new CliError('SERVICE_UNAVAILABLE', `${name} was not told: ${result.why}.`);
      const { status } = result;
      if (json) printJson({ eventId, status });
      if (status < 200 || status > 299) {
        throw new CliError(
          'SERVICE_UNAVAILABLE',
          `${name} answered ${status}, so it did not take the event ${eventId}.`,
        );
      }
      if (!json) print(`${name} took the event ${eventId} (status ${status}).`);
    });
}

function testBody(): string {
  return JSON.stringify({ type: 'webhook.test', timestamp: new Date().toISOString(), data: {} });
}
