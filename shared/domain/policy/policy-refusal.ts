import { AppError } from '../../errors/app-error.ts';

/** Why a policy does not allow something. */
export interface PolicyRefusal {
  /** Key of the rule in the policy file, such as `environments.prod.singleDeviceWrites`. */
  rule: string;
  /** As a sentence. */
  message: string;
  /** What to do about it. */
  hint: string;
  details?: Record<string, unknown>;
}

/** POLICY_REFUSED, with the rule in the message and in `details.rule`. */
export function policyRefused({ rule, message, hint, details }: PolicyRefusal): AppError {
  return new AppError('POLICY_REFUSED', {
    message: `${message} (rule ${rule})`,
    hint,
    details: { ...details, rule },
  });
}
