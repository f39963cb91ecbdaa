import { ChartError } from '@drydock/charts';
import { expect, it } from 'vitest';
import { receiveError, sendError } from './render-messages.ts';

it('brings errors to another thread as they are', () => {
  const details = { chart: 'web', file: 'web/templates/a.yaml', line: 2, column: 5 };
  const error = new ChartError('RenderFailed', 'no', details);
  const received = receiveError(structuredClone(sendError(error)));
  expect(received).toBeInstanceOf(ChartError);
  expect(received).toMatchObject({
    name: 'ChartError',
    code: 'RenderFailed',
    message: 'no',
    details,
    stack: error.stack,
  });
  const bug = receiveError(structuredClone(sendError(new TypeError('x is undefined'))));
  expect(bug).not.toBeInstanceOf(ChartError);
  expect(bug).toMatchObject({ name: 'TypeError', message: 'x is undefined' });
});
