import { CALL_STEPS, type CallStep } from '../../mcp-server/call/steps.ts';
import { code, page, table } from './markdown.ts';

/** `call-steps.md`: what every call passes, in its order. */
export function callStepsPage(): string {
  const steps: readonly CallStep[] = CALL_STEPS;
  return page(
    'Steps of a call',
    'Every call passes these, in this order, whichever surface it comes by: as a tool, a resource, a completion or a route. The first refusal is the answer, and nothing is done.',
    [
      table(
        ['', 'Step', 'What is asked', 'Refused with', 'Of'],
        steps.map((step, index) => [
          String(index + 1),
          `**${step.name}**`,
          step.asks,
          step.refusals.map(code).join(', '),
          step.appliesTo === undefined ? 'every action' : 'some actions',
        ]),
      ),
    ],
  );
}
