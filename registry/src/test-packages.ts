/** Packages for tests: a small writer of tar archives that also writes what no honest tool would. */
import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly text?: string | Uint8Array;
  /** `0` a file, `2` a symbolic link, `1` a hard link, `5` a folder. */
  readonly type?: string;
  readonly target?: string;
  /** Announced in the header instead of the real size. */
  readonly size?: number;
}

export interface TestChart {
  readonly name: string;
  readonly version: string;
  /** More lines of Chart.yaml. */
  readonly more?: string;
  readonly values?: string;
  readonly files?: readonly TarEntry[];
}

/** A .tgz of the entries. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    const data = Buffer.from(entry.text ?? '');
    blocks.push(header(entry, entry.size ?? data.length), data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** A package as `helm package` would make it, of a chart with one template. */
export function chartPackage(chart: TestChart): Buffer {
  const { name, version, more = '', values = 'replicas: 1\n', files = [] } = chart;
  return tarball([
    { name: `${name}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}` },
    { name: `${name}/values.yaml`, text: values },
    {
      name: `${name}/templates/config.yaml`,
      text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n',
    },
    ...files.map((file) => ({ ...file, name: `${name}/${file.name}` })),
  ]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(entry.type ?? '0', 156);
  block.write(entry.target ?? '', 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
