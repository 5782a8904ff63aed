/** How dangerous a plan is and why, such as "high because: production devices are changed, the input chain is changed". */
export function sayRisk({ risk, riskReasons }: { risk: string; riskReasons: readonly string[] }): string {
  return riskReasons.length === 0 ? risk : `${risk} because: ${riskReasons.join(', ')}`;
}
