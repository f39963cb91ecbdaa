/** Starts the page: the live fleet, the filter in the address, and the first drawing. */
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { formatFilter, parseFilter } from './model/filter.ts';
import { createLiveFleet } from './model/live-fleet.ts';
import './styles/main.css';

const filter = signal(parseFilter(location.hash));
addEventListener('hashchange', () => {
  filter.value = parseFilter(location.hash);
});
effect(() => {
  const hash = formatFilter(filter.value);
  if (hash !== formatFilter(parseFilter(location.hash))) {
    history.replaceState(null, '', hash);
  }
});

const root = document.getElementById('app');
if (root !== null) {
  render(<App live={createLiveFleet('/api/v1/events')} filter={filter} />, root);
}
