/**
 * In this namespace of the test server workflows go on as new ones soon: a rollout after a few devices. It needs some 40
 * events before its first device, so fewer would bring it nowhere. One file has it to itself.
 */
export const SHORT_HISTORIES = { namespace: 'test-short-histories', events: 60 };
