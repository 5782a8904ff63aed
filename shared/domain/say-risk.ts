/** How dangerous a plan is and why, such as "high because: production devices are changed, the input chain is changed". */
export function sayRisk({ risk, riskReasons }: { risk: string; riskReasons: readonly string[] }): string {
  return `${risk}${sayReasons(riskReasons)}`;
}

/** What follows the risk where that is shown in a way of its own; empty when there is no reason to tell. */
export function sayReasons(riskReasons: readonly string[]): string {
  return riskReasons.length === 0 ? '' : ` because: ${riskReasons.join(', ')}`;
}
