/** The frame around the page: the name, whether it is live, and what to show until it is. */
import type { Signal } from '@preact/signals';
import { ConnectionNotice } from './components/connection-notice.tsx';
import type { Filter } from './model/filter.ts';
import type { LiveFleet } from './model/live-fleet.ts';
import { OverviewPage } from './pages/overview.tsx';

export interface AppProps {
  readonly live: LiveFleet;
  readonly filter: Signal<Filter>;
}

export function App({ live, filter }: AppProps) {
  const fleet = live.fleet.value;
  return (
    <>
      <header>
        <h1>
          <img src="/drydock.svg" alt="" width="24" height="24" /> Drydock
        </h1>
        <ConnectionNotice connection={live.connection.value} />
      </header>
      <main>
        {fleet === undefined ? (
          <Waiting isLost={live.connection.value.state === 'lost'} />
        ) : (
          <OverviewPage
            fleet={fleet}
            filter={filter.value}
            onFilter={(next) => {
              filter.value = next;
            }}
          />
        )}
      </main>
    </>
  );
}

function Waiting({ isLost }: { readonly isLost: boolean }) {
  return (
    <p class="waiting">
      {isLost ? 'The server does not answer. This page shows its state as soon as it does.' : 'Asking the server…'}
    </p>
  );
}
