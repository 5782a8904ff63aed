/**
 * Preloaded (`--import`) into every Node process that the launcher starts: when the channel to the launcher closes,
 * because the launcher died, the process asks itself to stop in the ordinary way.
 */
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
});
// The channel alone must not keep a process alive that has finished its work.
process.channel?.unref();
