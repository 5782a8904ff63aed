/**
 * Audiences of tokens for the approval gateway: its resource indicator (RFC 8707) is an origin, which may be written with or
 * without its path.
 */
export function gatewayAudiences(approvalUrl: string): string[] {
  return [approvalUrl, `${approvalUrl}/`];
}

/** Audiences only people's own programs get tokens for: the API and the approval gateway. */
export function peopleAudiences({ publicUrl, approvalUrl }: { publicUrl: string; approvalUrl: string }): string[] {
  return [`${publicUrl}/api/v1`, ...gatewayAudiences(approvalUrl)];
}
