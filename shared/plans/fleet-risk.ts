import type { RiskFacts } from './define-plan.ts';

/** More devices than this make the change a high risk wherever they are. */
const DEVICES_OF_MEDIUM_RISK = 10;

/** Why a change is a high risk whatever its kind: where its devices are and how many; none when it is not. */
export function fleetReasons({ environment, deviceCount }: RiskFacts): string[] {
  return [
    ...(environment === 'prod' ? ['production devices are changed'] : []),
    ...(deviceCount > DEVICES_OF_MEDIUM_RISK
      ? [`${deviceCount} devices are changed, more than ${DEVICES_OF_MEDIUM_RISK}`]
      : []),
  ];
}
