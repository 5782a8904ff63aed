/** The plan that a call makes is named after it, so that it can be found when whoever made it is gone. */
export function planIdOfCall(callId: string): string {
  return `pln_${callId}`;
}
