/**
 * Images on simulated nodes: which can be pulled, and the words of the kubelet and containerd about those that can't
 * (pkg/kubelet/images v1.34). Every well-formed image can be pulled, unless an annotation or a pattern says otherwise.
 */

const NAME_COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DOMAIN =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?';
const REFERENCE = new RegExp(
  `^(?:${DOMAIN}/)?${NAME_COMPONENT}(?:/${NAME_COMPONENT})*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** Whether the text is a reference of an image, as the distribution project parses it. */
export function isImageReference(image: string): boolean {
  return image.length <= 1024 && REFERENCE.test(image);
}

/** The full name: `docker.io/library/` and `:latest` where they are left out. */
export function fullImageName(image: string): string {
  const first = image.split('/')[0] ?? '';
  const hasDomain = image.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  const named = hasDomain ? image : `docker.io/${image.includes('/') ? '' : 'library/'}${image}`;
  const last = named.slice(named.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? named : `${named}:latest`;
}

/** What containerd says of an image that is not there. */
export function notFoundMessage(image: string): string {
  const name = fullImageName(image);
  return `failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`;
}

/** Compiles newline separated globs (`*` and `?`); a pattern is tried on the image as written and on its full name. */
export function createImagePatterns(text: string): (image: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(
      (line) =>
        new RegExp(
          `^${line
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replace(/\*+/g, '.*')
            .replace(/\?/g, '.')}$`,
        ),
    );
  return (image) => patterns.some((pattern) => pattern.test(image) || pattern.test(fullImageName(image)));
}

/** Policy as defaulted: Always for `:latest` and no tag. */
export function pullPolicy(image: string, policy: string | undefined): string {
  if (policy !== undefined) return policy;
  return fullImageName(image).endsWith(':latest') ? 'Always' : 'IfNotPresent';
}
