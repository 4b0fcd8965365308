import { BlockList, isIP } from 'node:net';
import { StartupError } from './startup-error.ts';

/** Whether an address is one of the trusted proxies: addresses or CIDR ranges; others are a `StartupError`. */
export function createProxyTrust(trustedProxies: readonly string[]): (address: string | undefined) => boolean {
  const trusted = new BlockList();
  if (trustedProxies.length === 0) return () => false;
  for (const entry of trustedProxies) {
    const [address = '', prefix, ...more] = entry.split('/');
    const family = isIP(address);
    const maxBits = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? maxBits : Number(prefix);
    // "10.0.0.0/" would be 0 bits: everybody.
    if (family === 0 || more.length > 0 || !/^[0-9]{1,3}$/.test(prefix ?? '0') || bits > maxBits)
      throw new StartupError('HAKPILIH_TRUSTED_PROXIES must be addresses or CIDR ranges, separated by commas');
    trusted.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return (address = '') => {
    const own = plain(address);
    const family = isIP(own);
    return family !== 0 && trusted.check(own, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * Who asks. The socket's address, unless that is one of the trusted proxies: then the last address in
 * `X-Forwarded-For` that is none, with a port or without. A header of anybody else is not believed.
 */
export function createClientAddress(
  trustedProxies: readonly string[],
): (socketAddress: string | undefined, forwardedFor: string | undefined) => string {
  const isTrusted = createProxyTrust(trustedProxies);
  return (socketAddress, forwardedFor) => {
    const own = plain(socketAddress ?? 'unknown');
    if (forwardedFor === undefined || !isTrusted(own)) return own;
    const hops = forwardedFor.split(',').map((hop) => plain(withoutPort(hop.trim())));
    const client = hops.findLast((hop) => !isTrusted(hop));
    return client !== undefined && isIP(client) !== 0 ? client : own;
  };
}

/** `192.0.2.1:567`, `[2001:db8::1]:567` and `[2001:db8::1]` as some proxies write it. */
const withoutPort = (hop: string): string =>
  /^(?:\[([^\]]+)\]|([0-9.]+))(?::[0-9]{1,5})?$/.exec(hop)?.slice(1).find(Boolean) ?? hop;

const plain = (address: string): string => address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
