/**
 * Stable names of what a log line tells, by its message: what is searched, counted and alerted on goes by `event`, so that a
 * message can be worded better. Lines of the Temporal SDK have none.
 */
export const LOG_EVENTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Processes.
    ...ofProcesses(['web', 'gateway', 'worker']),
    'worker failed': 'process.failed',
    'tracing on': 'tracing.on',
    'traces not exported': 'tracing.export_failed',
    'traces exported again': 'tracing.export_recovered',
    'number of web processes changed': 'deployment.changed',
    'web processes not counted': 'deployment.count_failed',
    'web process not signed off': 'deployment.sign_off_failed',
    'stream not given back': 'deployment.stream_not_released',
    'token not renewed': 'temporal.token_not_renewed',
    'token for Temporal not renewed': 'temporal.token_not_renewed',

    // What they take from files and services.
    ...ofFiles(['access', 'policy', 'webhooks']),
    'master keys read again': 'keys.reloaded',
    'master keys not read again; the ones of before are used': 'keys.reload_failed',
    'file of rules not recorded': 'file.not_recorded',
    'access file not in force for votes and plans yet': 'access.not_in_force',
    'votes and plans are judged by an access file that is newer than the one here': 'access.older_than_in_force',
    'trustUnverifiedEmail: whoever can set an e-mail address at the provider can be anybody':
      'access.unverified_email_trusted',
    "identity provider's keys not reloaded; known ones are used": 'identity.keys_reload_failed',
    "identity provider's keys not readable and none known; nobody is let in": 'identity.keys_missing',
    'identity provider did not say what a token is': 'identity.introspection_failed',
    "Cloudflare Access's keys not reloaded": 'identity.cloudflare_keys_reload_failed',
    'list of revocations not read': 'access.revocations_not_read',
    'person not remembered': 'access.person_not_recorded',

    // PostgreSQL, and the clock that all go by.
    'database is away; writes are refused': 'database.away',
    'clock of this machine is off': 'clock.off',
    'clock of this machine is right again': 'clock.right',
    'database takes no writes; reads go on': 'database.read_only',
    'database takes reads and writes again': 'database.back',

    // Requests and calls.
    'request answered': 'request.answered',
    'request failed': 'request.failed',
    'answer could not be finished': 'request.not_finished',
    'MCP request refused': 'mcp.refused',
    'MCP request failed': 'mcp.failed',
    'MCP subscription refused': 'mcp.subscription_refused',
    'MCP subscription ended': 'mcp.subscription_ended',
    'MCP subscription failed': 'mcp.subscription_failed',
    'changes not looked for': 'changes.not_read',
    'call failed': 'call.failed',
    'call refused': 'call.refused',
    'carried out before it was recorded': 'audit.late',
    'audit outcome not recorded': 'audit.outcome_not_recorded',
    'audit refusal not recorded': 'audit.refusal_not_recorded',
    'audit anchor': 'audit.anchor',

    // Routers and their lanes.
    'fast door shut': 'door.shut',
    'fast door open again': 'door.open',
    'lane opened': 'lane.opened',
    'lane closed': 'lane.closed',
    'lane fenced off': 'lane.fenced_off',
    'lane worker failed': 'lane.failed',
    'lanes not asked for': 'lane.not_asked_for',
    'read failed': 'lane.read_failed',
    'breaker changed': 'breaker.changed',
    'breaker not stored': 'breaker.not_stored',
    'activity failed': 'activity.failed',
    'device of a fleet not read': 'fleet.device_not_read',
    'fleet not counted': 'fleet.not_counted',
    'health samples not kept': 'health.samples_not_kept',
    'check failed': 'health.check_failed',
    'device metrics not collected': 'metrics.not_collected',
    'device not compared': 'drift.not_compared',

    // Changes.
    'device change failed': 'change.failed',
    'device change not taken back': 'change.not_taken_back',
    'what is left on the device could not be read': 'change.left_not_read',
    'command not confirmed, it is run again': 'change.command_repeated',
    'a write waits for our own side': 'change.own_side_awaited',
    'guard not disarmed': 'guard.not_disarmed',
    'device not read while its guard waits': 'guard.device_not_read',
    'device refuses us, its guard is waited for': 'guard.waited_for',
    'login not rotated': 'login.not_rotated',
    'rollout not told of a stop': 'rollout.stop_not_told',
    'the rollout had ended before it could be told': 'rollout.ended_untold',
    'the plan could not be told': 'plan.not_told',
    'the plan could not be recorded as failed': 'plan.failure_not_recorded',
    'what was running failed before it is taken back': 'plan.failed_before_take_back',
    'unknown signal ignored': 'plan.signal_unknown',
    'active emergency stops not counted': 'stops.not_counted',

    // What runs when nobody asks.
    'old rows removed': 'retention.removed',
    'more is too old than one run removes': 'retention.behind',
  }),
);

function ofProcesses(names: readonly string[]): Record<string, string> {
  const said = names.map((name) => [
    [`${name} ready`, 'process.ready'],
    [`${name} draining`, 'process.draining'],
    [`${name} stopped`, 'process.stopped'],
    [`${name} did not stop in time`, 'process.drain_late'],
    [`${name} not stopped in order`, 'process.drain_failed'],
  ]);
  return Object.fromEntries(said.flat()) as Record<string, string>;
}

function ofFiles(names: readonly string[]): Record<string, string> {
  const said = names.map((name) => [
    [`${name} file read`, 'file.read'],
    [`${name} file cannot be used; the one before it stays`, 'file.refused'],
  ]);
  return Object.fromEntries(said.flat()) as Record<string, string>;
}
