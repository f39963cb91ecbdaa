/**
 * The addresses of a node's pods, given out in turn like CNI's host-local plugin: a freed one comes last again.
 */
export interface IpPool {
  take(): string;
  /** Notes an address that is in use already. */
  claim(ip: string): void;
  release(ip: string): void;
}

/** @param cidr IPv4, e.g. `10.244.1.0/24`; the first address is the gateway's, the last the broadcast's */
export function createIpPool(cidr: string): IpPool {
  const [base = '10.244.0.0', bits = '24'] = cidr.split('/');
  const start = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const used = new Set<number>();
  let last = 1;
  const format = (offset: number) => {
    const value = start + offset;
    return [value / 16777216, value / 65536, value / 256, value].map((part) => Math.floor(part) % 256).join('.');
  };
  const offsetOf = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) - start;
  return {
    take() {
      for (let tries = 0; tries < size; tries++) {
        last = last + 1 >= size - 1 ? 2 : last + 1;
        if (!used.has(last)) break;
      }
      used.add(last);
      return format(last);
    },
    claim(ip) {
      const offset = offsetOf(ip);
      if (offset < 2 || offset >= size) return;
      used.add(offset);
      last = Math.max(last, offset);
    },
    release(ip) {
      used.delete(offsetOf(ip));
    },
  };
}
