/**
 * The one error of the YAML reader and writer. Messages are those of sigs.k8s.io/yaml 1.6 over go.yaml.in/yaml 2.4.
 */

/** A text that is not YAML (or not the YAML that was asked for), or a value that YAML cannot hold. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** Line in the text, from 1; 0 when the error has no place. Go's text may name the line before it. */
  readonly line: number;
  /** Column in UTF-16 units, from 1; 0 when the error has no place. */
  readonly column: number;
  constructor(message: string, line = 0, column = 0) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
