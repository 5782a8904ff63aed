/** A mistake of the simulator itself: told as a warning of the process, for its other routers go on. */
export function warnOfUnforeseen(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  process.emitWarning(message, { type: 'SimulatorFault', detail: stack });
}
