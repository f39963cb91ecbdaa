/** Loads a chart for `drydock dependency`, with the words that Helm's older loader has for what is no chart. */
import { type Chart, ChartError, loadChart } from '@drydock/charts';

/** Throws ChartError. */
export function loadForDependencies(path: string): Chart {
  try {
    return loadChart(path);
  } catch (error) {
    if (!(error instanceof ChartError) || !error.message.startsWith('unable to detect chart at ')) throw error;
    throw new ChartError(error.code, 'Chart.yaml file is missing', error.details, error);
  }
}
