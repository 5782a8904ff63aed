/** What does on the command line what a tool does for a model. */
const COMMANDS: Readonly<Record<string, string>> = {
  list_devices: 'convoy device list',
  get_device: 'convoy device show',
  list_plans: 'convoy plan list',
  get_plan: 'convoy plan show',
  wait_for_plan: 'convoy plan watch',
  pause_rollout: 'convoy plan pause',
  resume_rollout: 'convoy plan resume',
  abort_rollout: 'convoy plan abort',
  skip_devices: 'convoy plan skip',
  retry_failed_devices: 'convoy plan retry',
  rollback_plan: 'convoy plan rollback',
  replan: 'convoy plan replan',
  take_snapshot: 'convoy snapshot take',
  list_snapshots: 'convoy snapshot list',
  get_snapshot: 'convoy snapshot show',
  diff_snapshots: 'convoy snapshot diff',
};

const TOOL =
  /\b(?:[Cc]all )?((?:list|get|take|diff|wait|pause|resume|abort|skip|retry|rollback|plan|apply|cancel|check|set|update)_[a-z0-9_]+)\b/g;

/** The platform's hint in words of the command line; undefined when it is about a tool that has no command. */
export function commandHint(hint: string | undefined): string | undefined {
  if (hint === undefined || [...hint.matchAll(TOOL)].some(([, tool = '']) => COMMANDS[tool] === undefined))
    return undefined;
  return hint.replaceAll(TOOL, (given, tool: string) => {
    const command = `"${COMMANDS[tool]}"`;
    if (given.startsWith('Call ')) return `Run ${command}`;
    return given.startsWith('call ') ? `run ${command}` : command;
  });
}
