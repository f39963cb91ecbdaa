/** A table with a caption, column headings and row headings; wide ones scroll within their own box. */
import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
  /** Sentences, which may take several lines. */
  readonly prose?: boolean;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  /** Beside the caption, e.g. a count. */
  readonly note?: string;
  /** The first heads the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Shown instead of rows when there are none. */
  readonly empty: ComponentChildren;
  readonly isSelected?: (row: Row) => boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, keyOf, isSelected } = props;
  const [first, ...others] = columns;
  return (
    <div class="panel">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section class="scroll" tabIndex={0} aria-label={props.caption}>
        <table>
          <caption>
            <span class="title">{props.caption}</span>
            {props.note === undefined ? null : <span class="note">{props.note}</span>}
          </caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" class={classOf(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.length === 0 ? (
              <tr>
                <td colSpan={columns.length} class="empty">
                  {props.empty}
                </td>
              </tr>
            ) : null}
            {rows.map((row) => (
              <tr key={keyOf(row)} class={isSelected?.(row) ? 'selected' : undefined}>
                {first === undefined ? null : <th scope="row">{first.cell(row)}</th>}
                {others.map((column) => (
                  <td key={column.title} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function classOf(column: { readonly numeric?: boolean; readonly prose?: boolean }): string | undefined {
  return column.numeric ? 'number' : column.prose ? 'prose' : undefined;
}
