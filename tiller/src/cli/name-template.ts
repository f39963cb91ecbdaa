/** --name-template: a template with Sprig's functions and no data, whose text is the name of a release. */
import { ChartError, renderNameTemplate } from '@drydock/charts';
import { verbatim } from './go-flags.ts';

/** Throws CliError with the error that Go's text/template has for it. */
export function renderName(template: string): string {
  try {
    return renderNameTemplate(template, process.env);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw verbatim(error.message);
  }
}
