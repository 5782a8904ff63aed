import type { Field, FieldType, MenuDefinition } from '../../../engine/definition.ts';
import { failure, invalidValue } from '../../../engine/router-error.ts';
import { boolean, duration, listOf, text, word } from '../../../values/field-types.ts';
import { comment, computed } from '../../row-fields.ts';
import { stickerPassphrase } from '../radio-defaults.ts';
import { freeName } from '../typed-interface.ts';

const PATH = '/interface/wireless/security-profiles';

const setting = (type: FieldType, value: string): Field => ({ type, default: value });
const secret = (type: FieldType): Field => ({ type, default: '', sensitive: true });
const words = (...allowed: readonly string[]): FieldType => listOf((member) => allowed.includes(member));

const preSharedKey: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (input !== '' && (input.length < 8 || input.length > 64)) throw invalidValue(field);
    return input;
  },
};

const wepAlgorithm = word('none', '40bit-wep', '104bit-wep', 'aes-ccm', 'tkip');
const WEP_FIELDS = Object.fromEntries(
  [0, 1, 2, 3].flatMap((number) => [
    [`static-algo-${number}`, setting(wepAlgorithm, 'none')],
    [`static-key-${number}`, secret(text)],
  ]),
) as Record<string, Field>;

/** How clients of older radios prove themselves; the profile `default` is always there. */
export const wirelessSecurityProfiles: MenuDefinition = {
  path: PATH,
  kind: 'list',
  nameField: 'name',
  noun: 'security profile',
  firstId: 0,
  fields: {
    ...WEP_FIELDS,
    'authentication-types': setting(words('wpa-psk', 'wpa2-psk', 'wpa-eap', 'wpa2-eap'), ''),
    comment,
    default: computed((item) => String(item.id === '*0')),
    'disable-pmkid': setting(boolean, 'false'),
    'eap-methods': setting(words('eap-tls', 'eap-ttls-mschapv2', 'passthrough', 'peap'), ''),
    'group-ciphers': setting(words('aes-ccm', 'tkip'), 'aes-ccm'),
    'group-key-update': setting(duration(30_000, 86_400_000), '5m'),
    'interim-update': setting(duration(), '0s'),
    'management-protection': setting(word('allowed', 'disabled', 'required'), 'disabled'),
    'management-protection-key': secret(text),
    mode: setting(word('none', 'dynamic-keys', 'static-keys-optional', 'static-keys-required'), 'none'),
    'mschapv2-password': secret(text),
    'mschapv2-username': setting(text, ''),
    name: { type: text, default: (router) => freeName(router, 'profile', PATH) },
    'radius-called-format': setting(word('mac', 'mac:ssid', 'ssid'), 'mac:ssid'),
    'radius-eap-accounting': setting(boolean, 'false'),
    'radius-mac-accounting': setting(boolean, 'false'),
    'radius-mac-authentication': setting(boolean, 'false'),
    'radius-mac-caching': setting(duration(0, Infinity, ['disabled']), 'disabled'),
    'radius-mac-format': setting(text, 'XX:XX:XX:XX:XX:XX'),
    'radius-mac-mode': setting(word('as-username', 'as-username-and-password'), 'as-username'),
    'static-sta-private-algo': setting(wepAlgorithm, 'none'),
    'static-sta-private-key': secret(text),
    'static-transmit-key': setting(word('key-0', 'key-1', 'key-2', 'key-3'), 'key-0'),
    'supplicant-identity': { type: text, default: 'MikroTik' },
    'tls-certificate': setting(word('none'), 'none'),
    'tls-mode': setting(
      word('dont-verify-certificate', 'no-certificates', 'verify-certificate', 'verify-certificate-with-crl'),
      'no-certificates',
    ),
    'unicast-ciphers': setting(words('aes-ccm', 'tkip'), 'aes-ccm'),
    'wpa-pre-shared-key': secret(preSharedKey),
    'wpa2-pre-shared-key': secret(preSharedKey),
  },
  seed: (router) => [
    {
      name: 'default',
      mode: 'dynamic-keys',
      'authentication-types': 'wpa-psk,wpa2-psk',
      'wpa-pre-shared-key': stickerPassphrase(router),
      'wpa2-pre-shared-key': stickerPassphrase(router),
    },
  ],
  collision: (candidate, others) =>
    others.some((other) => other.values['name'] === candidate['name']) ? PROFILE_EXISTS : undefined,
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && item.id === '*0') throw failure(DEFAULT_PROFILE_STAYS);
  },
};

/** Refusals of which no source has the text from a device. */
const PROFILE_EXISTS = 'item with this name already exists';
const DEFAULT_PROFILE_STAYS = 'can not remove default profile';
