import { describe, expect, it } from 'vitest';
import { createClientAddress } from '../../src/platform/client-address.ts';

describe('the client address', () => {
  it('is that of the socket, whatever a header says', () => {
    const address = createClientAddress([]);
    expect(address('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(address('::ffff:192.0.2.1', undefined)).toBe('192.0.2.1');
    expect(address(undefined, undefined)).toBe('unknown');
  });

  it('is the last that is no trusted proxy, where one speaks for it', () => {
    const address = createClientAddress(['10.0.0.0/8', '2001:db8::/32']);
    expect(address('10.1.2.3', '203.0.113.9, 198.51.100.7, 10.9.9.9')).toBe('198.51.100.7');
    expect(address('2001:db8::1', '198.51.100.7')).toBe('198.51.100.7');
    expect(address('::ffff:10.1.2.3', '198.51.100.7')).toBe('198.51.100.7');
    expect(address('192.0.2.1', '198.51.100.7')).toBe('192.0.2.1');
    expect(address('10.1.2.3', 'nonsense')).toBe('10.1.2.3');
    expect(address('10.1.2.3', '10.4.5.6')).toBe('10.1.2.3');
  });

  it('is read where it comes with a port, or in brackets', () => {
    const address = createClientAddress(['10.0.0.0/8']);
    const read = (forwardedFor: string): string => address('10.1.2.3', forwardedFor);
    expect(read('198.51.100.7:567')).toBe('198.51.100.7');
    expect(read('203.0.113.9:1, 198.51.100.7:65535, 10.9.9.9:80')).toBe('198.51.100.7');
    expect(read('[2001:db8::1]:567')).toBe('2001:db8::1');
    expect(read('[2001:db8::1]')).toBe('2001:db8::1');
    expect(read('[::ffff:198.51.100.7]:567')).toBe('198.51.100.7');
    for (const nonsense of [
      '198.51.100.7:',
      '198.51.100.7:x',
      '198.51.100.7:1:2',
      '[198.51.100.7',
      '[]:1',
      ':80',
      '',
    ]) {
      expect(read(nonsense), nonsense).toBe('10.1.2.3');
    }
  });

  it('of a proxy that is no address is refused', () => {
    const wrongBits = ['33', 'x', '', ' ', '-1', '8.5', '0x8', '8/8'].map((bits) => `10.0.0.0/${bits}`);
    for (const wrong of ['proxy.example', '10.0.0', '2001:db8::/129', '/8', ...wrongBits]) {
      expect(() => createClientAddress([wrong])).toThrow(/^HAKPILIH_TRUSTED_PROXIES must be/);
    }
  });
});
