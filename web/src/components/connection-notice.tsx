/** Whether what is shown is live; read aloud when it changes. */
import type { Connection } from '../model/live-fleet.ts';
import { Status } from './status.tsx';

export function ConnectionNotice(props: { readonly connection: Connection }) {
  return (
    <div class="connection" role="status" aria-live="polite">
      {noticeOf(props.connection)}
    </div>
  );
}

function noticeOf(connection: Connection) {
  switch (connection.state) {
    case 'live':
      return <Status tone="good" text="live" />;
    case 'connecting':
      return <Status tone="busy" text="connecting…" />;
    case 'lost':
      return <Status tone="bad" text="connection lost, trying again; what is shown may be old" />;
  }
}
