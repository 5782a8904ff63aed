/**
 * Every refusal Convoy can give, by its stable code: the HTTP status it maps to, whether the same call may succeed
 * later, and the sentence a stranger may read. HTTP problems, MCP results, Temporal failure types and the reference page
 * follow from this table.
 */
export const ERROR_CODES = {
  // Who is asking
  UNAUTHORIZED: { status: 401, retryable: false, public: 'A valid access token is required.' },
  INSUFFICIENT_SCOPE: { status: 403, retryable: false, public: 'The access token lacks a scope this call needs.' },
  FORBIDDEN: { status: 403, retryable: false, public: 'Your role does not allow this.' },
  RATE_LIMITED: { status: 429, retryable: true, public: 'Too many calls; wait and repeat.' },

  // What is asked
  NOT_FOUND: { status: 404, retryable: false, public: 'There is nothing here by that name.' },
  VALIDATION_ERROR: { status: 422, retryable: false, public: 'The arguments are not valid.' },
  UNKNOWN_FIELD: { status: 422, retryable: false, public: 'The arguments contain a field that does not exist.' },
  CONFLICT: { status: 409, retryable: false, public: 'The request conflicts with what is already there.' },
  PRECONDITION_FAILED: {
    status: 412,
    retryable: false,
    public: 'It has changed since the version that If-Match names.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    public: 'The idempotency key was used for another call, or with other arguments.',
  },
  NOT_CONFIRMED: { status: 409, retryable: false, public: 'It was not confirmed, so nothing was done.' },
  UNSAFE_OPERATION: { status: 403, retryable: false, public: 'A safety rule refuses this change.' },
  POLICY_REFUSED: { status: 403, retryable: false, public: "The deployment's policy does not allow this." },
  QUOTA_EXCEEDED: { status: 429, retryable: true, public: "A quota of the deployment's policy is used up." },

  // Devices
  DEVICE_NOT_FOUND: { status: 404, retryable: false, public: 'No device with that id or name is visible to you.' },
  DEVICE_EXISTS: { status: 409, retryable: false, public: 'A device with that name is already registered.' },
  DEVICE_DECOMMISSIONED: { status: 409, retryable: false, public: 'The device has been decommissioned.' },
  DEVICE_IN_USE: { status: 409, retryable: false, public: 'An open plan or a running change names the device.' },
  DEVICE_ENVIRONMENT_RESTRICTED: {
    status: 403,
    retryable: false,
    public: 'The device belongs to another environment than the one named.',
  },
  DEVICE_CAPABILITY_MISSING: {
    status: 403,
    retryable: false,
    public: 'The device does not have the capability flag this change needs.',
  },
  DEVICE_COUNT_OUT_OF_RANGE: { status: 422, retryable: false, public: 'A plan covers 1 to 1000 devices.' },
  DEVICE_DUPLICATE: { status: 422, retryable: false, public: 'The same device is named more than once.' },
  MIXED_ENVIRONMENTS: { status: 422, retryable: false, public: 'All devices of a plan must be of one environment.' },
  DEVICE_BUSY: { status: 409, retryable: true, public: 'Another change is running on the device.' },
  DEVICE_COOLING_DOWN: {
    status: 503,
    retryable: true,
    public: 'The device failed repeatedly and is left alone for a moment.',
  },
  DEVICE_UNREACHABLE: { status: 503, retryable: true, public: 'The device did not answer.' },
  DEVICE_TIMEOUT: { status: 504, retryable: true, public: 'The device answered too slowly.' },
  DEVICE_AUTH_FAILED: { status: 502, retryable: false, public: 'The device refused the stored credentials.' },
  DEVICE_PERMISSION_DENIED: {
    status: 502,
    retryable: false,
    public: "The stored user's group on the device lacks a policy this call needs.",
  },
  DEVICE_TLS_MISMATCH: {
    status: 502,
    retryable: false,
    public: 'The device showed another certificate than the one pinned when it was registered.',
  },
  DEVICE_HOST_KEY_CHANGED: {
    status: 502,
    retryable: false,
    public: 'The device showed another SSH host key than the one pinned when it was registered.',
  },
  DEVICE_ERROR: { status: 502, retryable: false, public: 'The device refused the request.' },
  DEVICE_VALUE_REFUSED: {
    status: 422,
    retryable: false,
    public: 'The device does not accept a field or value of the request.',
  },
  DEVICE_ENTRY_EXISTS: { status: 409, retryable: false, public: 'The device already has such an entry.' },
  DEVICE_ENTRY_MISSING: { status: 404, retryable: false, public: 'The device has no such entry.' },
  DEVICE_ENTRY_AMBIGUOUS: {
    status: 409,
    retryable: false,
    public: 'The device has several entries that are named the same way.',
  },
  DEVICE_REFERENCE_MISSING: {
    status: 422,
    retryable: false,
    public: 'The request names something the device does not have, such as an interface or a list.',
  },
  DEVICE_MODE_DENIED: { status: 403, retryable: false, public: "The device's mode does not allow this." },
  DEVICE_SESSION_LIMIT: {
    status: 504,
    retryable: false,
    public: 'The device ended the call after its own time limit.',
  },
  DEVICE_UNSUPPORTED: { status: 501, retryable: false, public: 'The device lacks the menu or package this needs.' },
  DEVICE_REPLY_INVALID: { status: 502, retryable: true, public: 'The device answered something unexpected.' },
  OUTCOME_UNKNOWN: {
    status: 504,
    retryable: false,
    public: 'The write was sent but its outcome is not known; read the device before trying again.',
  },
  VERIFICATION_FAILED: {
    status: 502,
    retryable: false,
    public: 'The device did not hold the written values when they were read back.',
  },
  DEVICE_SKIPPED: { status: 409, retryable: false, public: 'A person left the device out of the plan.' },
  HEALTH_CHECK_FAILED: { status: 502, retryable: false, public: 'The device is not healthy after the change.' },

  // Plans and approvals
  PLAN_NOT_FOUND: { status: 404, retryable: false, public: 'No plan with that id is visible to you.' },
  PLAN_STATE_CONFLICT: { status: 409, retryable: false, public: 'The plan is not in a state that allows this.' },
  PLAN_DEVICES_HELD: {
    status: 409,
    retryable: true,
    public: 'Another plan is being carried out on some of the devices.',
  },
  PLAN_NOT_APPROVED: { status: 412, retryable: false, public: 'The plan has not been approved.' },
  PLAN_EXPIRED: { status: 410, retryable: false, public: 'The plan, or its approval, has expired.' },
  PLAN_STALE: { status: 409, retryable: false, public: 'The device changed since the plan was made.' },
  PLAN_EMPTY: { status: 422, retryable: false, public: 'Every device already is as the plan wants it.' },
  PLAN_TAMPERED: { status: 409, retryable: false, public: 'The stored plan no longer matches its digest.' },
  APPROVAL_INVALID: { status: 403, retryable: false, public: 'The decision does not come from a proven person.' },
  APPROVAL_MALFORMED: { status: 422, retryable: false, public: 'The decision must carry the digest of the plan.' },
  APPROVAL_DIGEST_MISMATCH: {
    status: 409,
    retryable: false,
    public: 'The decision names another digest than the plan has.',
  },
  APPROVAL_COMMENT_REQUIRED: {
    status: 422,
    retryable: false,
    public: 'A decision on this plan must say why, in its comment.',
  },
  APPROVAL_BY_REQUESTER: { status: 403, retryable: false, public: 'Nobody may approve a plan they asked for.' },
  APPROVAL_DUPLICATE: { status: 409, retryable: false, public: 'This person has already decided on the plan.' },
  APPROVAL_ROLE_MISSING: { status: 403, retryable: false, public: 'Only an approver may decide on a plan.' },
  APPROVAL_VOID_AFTER_RESET: {
    status: 409,
    retryable: false,
    public: 'The workflow was reset; its votes are void and the plan must be made anew.',
  },
  PLAN_REQUESTER_WITHDRAWN: {
    status: 409,
    retryable: false,
    public: 'Whoever asked for the plan may no longer propose it for these devices.',
  },
  PLAN_APPROVER_WITHDRAWN: {
    status: 409,
    retryable: false,
    public: 'An approval no longer counts: the approver may no longer decide on these devices.',
  },

  // Emergency stop
  EMERGENCY_STOP: {
    status: 409,
    retryable: false,
    public: 'Writing is stopped here until an administrator allows it.',
  },
  STOP_NOT_FOUND: { status: 404, retryable: false, public: 'There is no emergency stop with that id.' },

  // Snapshots
  SNAPSHOT_FAILED: {
    status: 502,
    retryable: false,
    public: 'The configuration could not be saved before the change, so nothing was written.',
  },
  SNAPSHOT_NOT_FOUND: { status: 404, retryable: false, public: 'No snapshot with that id is visible to you.' },

  // Drift
  BASELINE_NOT_FOUND: { status: 404, retryable: false, public: 'The device has no baseline to be compared with.' },
  DRIFT_NOT_FOUND: { status: 404, retryable: false, public: 'No drift with that id is visible to you.' },

  // The platform itself
  TIMEOUT: { status: 504, retryable: true, public: 'The call took too long.' },
  LANE_LOST: { status: 503, retryable: true, public: 'The worker serving the device went away; the call is repeated.' },
  SERVICE_UNAVAILABLE: { status: 503, retryable: true, public: 'A part of the platform is not available.' },
  SERVICE_READ_ONLY: { status: 503, retryable: true, public: 'The platform accepts reads only for now.' },
  INVALID_CONFIGURATION: { status: 500, retryable: false, public: 'The platform is not configured correctly.' },
  INTERNAL_ERROR: { status: 500, retryable: false, public: 'Something went wrong inside the platform.' },
} as const satisfies Record<string, ErrorRow>;

export interface ErrorRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly public: string;
}

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
