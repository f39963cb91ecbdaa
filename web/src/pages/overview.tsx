/** The one page: clusters, releases, pods. */
import type { ClusterSummary } from '@drydock/tiller/api';
import { DataTable } from '../components/data-table.tsx';
import { ReadyCount, Status } from '../components/status.tsx';
import { formatAge, formatTime } from '../model/age.ts';
import { type Filter, formatFilter, noFilter } from '../model/filter.ts';
import type { Fleet } from '../model/fleet.ts';
import { maxPods, overviewOf, type PodRow, type ReleaseRow } from '../model/overview.ts';
import { countTone, podTone, releaseTone } from '../model/tone.ts';

export interface OverviewPageProps {
  readonly fleet: Fleet;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

export function OverviewPage({ fleet, filter, onFilter }: OverviewPageProps) {
  const { clusters, releases, pods, podTotal } = overviewOf(fleet, filter);
  const isNarrowed = formatFilter(filter) !== formatFilter(noFilter);
  return (
    <>
      <ClusterTable clusters={clusters} filter={filter} />
      <FilterBar filter={filter} onFilter={onFilter} />
      <ReleaseTable rows={releases} filter={filter} isNarrowed={isNarrowed} />
      <PodTable rows={pods} total={podTotal} filter={filter} isNarrowed={isNarrowed} />
    </>
  );
}

function ClusterTable(props: { readonly clusters: readonly ClusterSummary[]; readonly filter: Filter }) {
  const { clusters, filter } = props;
  return (
    <DataTable
      caption="Clusters"
      note={String(clusters.length)}
      rows={clusters}
      keyOf={(cluster) => cluster.name}
      isSelected={(cluster) => cluster.name === filter.cluster}
      empty={
        <>
          No clusters yet. <code>drydock cluster create dev</code> makes one.
        </>
      }
      columns={[
        {
          title: 'Name',
          cell: ({ name }) => (
            <FilterLink filter={filter} change={{ ...noFilter, text: filter.text, cluster: name }} text={name} />
          ),
        },
        { title: 'Kubernetes', cell: ({ kubernetesVersion }) => kubernetesVersion },
        {
          title: 'Nodes ready',
          cell: ({ readyNodes, nodes }) => (
            <ReadyCount tone={countTone(readyNodes, nodes)} ready={readyNodes} total={nodes} />
          ),
        },
        {
          title: 'Pods ready',
          cell: ({ readyPods, pods }) => (
            <ReadyCount tone={countTone(readyPods, pods)} ready={readyPods} total={pods} />
          ),
        },
        { title: 'Its time (UTC)', cell: ({ now }) => <time dateTime={now}>{formatTime(now)}</time> },
      ]}
    />
  );
}

interface ReleaseTableProps {
  readonly rows: readonly ReleaseRow[];
  readonly filter: Filter;
  readonly isNarrowed: boolean;
}

function ReleaseTable({ rows, filter, isNarrowed }: ReleaseTableProps) {
  return (
    <DataTable
      caption="Releases"
      note={String(rows.length)}
      rows={rows}
      keyOf={({ key }) => key}
      isSelected={({ release }) => release.name === filter.release}
      empty={
        isNarrowed ? (
          'No release matches.'
        ) : (
          <>
            No releases yet. <code>drydock install NAME CHART --cluster dev</code> makes one.
          </>
        )
      }
      columns={[
        {
          title: 'Name',
          cell: ({ release }) => {
            const { cluster, namespace, name } = release;
            const change = { ...noFilter, cluster, namespace, release: name };
            return <FilterLink filter={filter} change={change} text={name} />;
          },
        },
        { title: 'Cluster', cell: ({ release }) => release.cluster },
        { title: 'Namespace', cell: ({ release }) => release.namespace },
        {
          title: 'Status',
          cell: ({ release }) => <Status tone={releaseTone(release.status)} text={release.status} />,
        },
        { title: 'Revision', numeric: true, cell: ({ release }) => release.revision },
        { title: 'Chart', cell: ({ release }) => `${release.chart} ${release.chartVersion}` },
        { title: 'App', cell: ({ release }) => release.appVersion },
        { title: 'Pods', cell: ({ pods }) => <PodMarks pods={pods} /> },
        {
          title: 'Updated',
          cell: ({ release, now }) => (
            <time dateTime={release.updated} title={formatTime(release.updated)}>
              {formatAge(release.updated, now)}
            </time>
          ),
        },
        { title: 'Description', prose: true, cell: ({ release }) => release.description },
      ]}
    />
  );
}

/** Each pod as a mark of its tone; their number in words for who can't see them. */
function PodMarks({ pods }: { readonly pods: ReleaseRow['pods'] }) {
  const running = pods.filter((pod) => podTone(pod) !== 'idle');
  const ready = running.filter((pod) => pod.ready).length;
  return (
    <span class="marks">
      <ReadyCount tone={countTone(ready, running.length)} ready={ready} total={running.length} />
      <span aria-hidden="true">
        {running.slice(0, 40).map((pod) => (
          <span key={pod.name} class={`mark ${podTone(pod)}`} title={`${pod.name}: ${pod.status}`} />
        ))}
      </span>
    </span>
  );
}

interface PodTableProps {
  readonly rows: readonly PodRow[];
  readonly total: number;
  readonly filter: Filter;
  readonly isNarrowed: boolean;
}

function PodTable({ rows, total, isNarrowed }: PodTableProps) {
  const note = total > maxPods ? `the first ${maxPods} of ${total}; narrow them by the filter` : String(total);
  return (
    <DataTable
      caption="Pods"
      note={note}
      rows={rows}
      keyOf={({ key }) => key}
      empty={isNarrowed ? 'No pod matches.' : 'No pods yet.'}
      columns={[
        { title: 'Name', cell: ({ pod }) => pod.name },
        { title: 'Cluster', cell: ({ pod }) => pod.cluster },
        { title: 'Namespace', cell: ({ pod }) => pod.namespace },
        { title: 'Status', cell: ({ pod }) => <Status tone={podTone(pod)} text={pod.status} /> },
        { title: 'Ready', numeric: true, cell: ({ pod }) => `${pod.readyContainers}/${pod.containers}` },
        { title: 'Restarts', numeric: true, cell: ({ pod }) => pod.restarts },
        { title: 'Node', cell: ({ pod }) => pod.node ?? '–' },
        { title: 'Owner', cell: ({ pod }) => pod.owner ?? '–' },
        {
          title: 'Age',
          cell: ({ pod, now }) => (
            <time dateTime={pod.createdAt} title={formatTime(pod.createdAt)}>
              {formatAge(pod.createdAt, now)}
            </time>
          ),
        },
      ]}
    />
  );
}

function FilterBar(props: { readonly filter: Filter; readonly onFilter: (filter: Filter) => void }) {
  const { filter, onFilter } = props;
  const chosen = [
    ['cluster', filter.cluster],
    ['namespace', filter.namespace],
    ['release', filter.release],
  ].filter(([, value]) => value !== '');
  return (
    <search class="filter">
      <label>
        Filter
        <input
          type="search"
          value={filter.text}
          placeholder="name, namespace, status"
          onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        />
      </label>
      {chosen.map(([field, value]) => (
        <span key={field} class="chip">
          {field} <strong>{value}</strong>
        </span>
      ))}
      {chosen.length === 0 ? null : <a href={formatFilter({ ...noFilter, text: filter.text })}>show all</a>}
    </search>
  );
}

/** A link that narrows the page; the one that is chosen widens it again. */
function FilterLink(props: { readonly filter: Filter; readonly change: Filter; readonly text: string }) {
  const { filter, change, text } = props;
  const isChosen = formatFilter({ ...filter, text: '' }) === formatFilter({ ...change, text: '' });
  return (
    <a
      href={formatFilter(isChosen ? { ...noFilter, text: filter.text } : change)}
      aria-current={isChosen ? 'true' : undefined}
    >
      {text}
    </a>
  );
}
