/** A schema that cannot be used, in the words of santhosh-tekuri/jsonschema v6.0.3. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}
