import { Command } from 'commander';
import { checkWebhooksCommand } from './check.ts';
import { listDeliveriesCommand, replayDeliveryCommand } from './deliveries.ts';
import { makeSecretCommand } from './secret.ts';
import { testWebhookCommand } from './test.ts';

/** `convoy webhook …`. */
export function webhookCommand(): Command {
  return new Command('webhook')
    .description('who is told of plans and the fleet, and what they did not take')
    .addCommand(checkWebhooksCommand())
    .addCommand(testWebhookCommand())
    .addCommand(makeSecretCommand())
    .addCommand(listDeliveriesCommand())
    .addCommand(replayDeliveryCommand());
}
