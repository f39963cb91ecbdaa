/** --name-template: a template with Sprig's functions and no data, whose text is the name of a release. */
import { ChartError, chartFromFiles, renderFiles } from '@drydock/charts';
import { verbatim } from './go-flags.ts';

const NAME = 'name-template';

/** Throws CliError with the error that Go's text/template has for it. */
export function renderName(template: string): string {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const chart = chartFromFiles([
    { name: 'Chart.yaml', data: encode(`apiVersion: v2\nname: ${NAME}\nversion: 0.0.0\n`) },
    { name: 'templates/name', data: encode(template) },
  ]);
  try {
    const files = renderFiles(chart, { release: { name: NAME, namespace: 'default' } });
    return files.get(`${NAME}/templates/name`) ?? '';
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const [, line, reason] = /^parse error at \([^)]*?:(\d+)\): (.*)$/s.exec(error.message) ?? [];
    const message = reason === undefined ? error.message.replaceAll(`${NAME}/templates/name`, NAME) : undefined;
    throw verbatim(message ?? `template: ${NAME}:${line}: ${reason}`);
  }
}
