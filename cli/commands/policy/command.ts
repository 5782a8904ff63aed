import { Command } from 'commander';
import { checkPolicyCommand } from './check.ts';

/** `convoy policy …`. */
export function policyCommand(): Command {
  return new Command('policy').description('look at the policy file of a deployment').addCommand(checkPolicyCommand());
}
