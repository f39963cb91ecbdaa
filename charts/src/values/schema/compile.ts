/**
 * Schemas to nodes: every schema that the root or a reference leads to is compiled before any value is checked, so
 * that a broken reference or pattern is an error whatever the values. Follows compiler.go and objcompiler.go of
 * santhosh-tekuri/jsonschema v6.0.3.
 */
import { FunctionError } from '../../engine/functions/function.ts';
import type { GoValue } from '../../engine/gotemplate/go-value.ts';
import { quote } from '../../engine/gotemplate/quote.ts';
import { type Location, type SchemaDocument, type SchemaDocuments, splitFragment } from './documents.ts';
import { escapeToken } from './findings.ts';
import { formats, regexFormat } from './formats.ts';
import { APPLICATORS, BOUNDS, Keywords, textsOf } from './keywords.ts';
import { SchemaError } from './schema-error.ts';
import { locationOf, type SchemaNode } from './schema-node.ts';
import { type SchemaPattern, schemaPattern } from './schema-pattern.ts';

export interface CompileOptions {
  readonly documents: SchemaDocuments;
  /** `format` is checked from 2019-09 on, too (of meta-schemas). */
  readonly assertFormat: boolean;
}

/** Compiles the schema at a location, and all that it leads to. Throws SchemaError. */
export function compileSchema(location: Location, options: CompileOptions): SchemaNode {
  const compiler = new Compiler(options);
  const root = compiler.nodeAt(location);
  compiler.run();
  return root;
}

interface Pending {
  readonly node: SchemaNode;
  readonly location: Location;
  readonly value: GoValue;
}

class Compiler {
  private readonly options: CompileOptions;
  private readonly nodes: Map<SchemaDocument, Map<string, SchemaNode>> = new Map();
  private readonly queue: Pending[] = [];

  constructor(options: CompileOptions) {
    this.options = options;
  }

  /** `value`, where it is known, is what the document has there. */
  nodeAt({ document, pointer }: Location, value?: GoValue): SchemaNode {
    let nodes = this.nodes.get(document);
    if (nodes === undefined) {
      nodes = new Map();
      this.nodes.set(document, nodes);
    }
    const known = nodes.get(pointer);
    if (known !== undefined) return known;
    const found = value === undefined ? document.lookup(pointer) : value;
    document.ensureCollected(pointer);
    const node = newNode(document, pointer);
    nodes.set(pointer, node);
    this.queue.push({ node, location: node.place, value: found });
    return node;
  }

  run(): void {
    // Compiling a schema may add more at the end.
    for (const next of this.queue) this.compile(next);
  }

  private compile({ node, location: { document, pointer }, value }: Pending): void {
    const resource = document.resourceOf(pointer);
    node.resource = this.nodeAt({ document, pointer: resource.pointer });
    if (node.version >= 2020 && resource.pointer === pointer && resource.dynamicAnchors.size > 0) {
      node.dynamicAnchors = new Map();
      for (const name of resource.dynamicAnchors) {
        const target = resource.anchors.get(name);
        if (target !== undefined) node.dynamicAnchors.set(name, this.nodeAt({ document, pointer: target }));
      }
    }
    if (typeof value === 'boolean') node.bool = value;
    else if (value instanceof Map && value.size === 0) node.bool = true;
    else if (value instanceof Map) this.compileKeywords(node, new Keywords(value), { document, pointer });
  }

  private compileKeywords(node: SchemaNode, keywords: Keywords, location: Location): void {
    if (!keywords.constrain()) return;
    const children = new Children(this, keywords, location);
    const reference = (keyword: string): SchemaNode | undefined => {
      const text = keywords.text(keyword);
      return text === undefined ? undefined : this.resolve(text, location);
    };
    node.ref = reference('$ref');
    compileLaterKeywords(node, keywords, children);
    // A reference makes draft 4's keywords beside it void (but, upstream, not those of drafts 6 and 7).
    if (node.version < 2019 && node.ref !== undefined) return;
    compileApplicators(node, keywords, children);
    compileAssertions(node, keywords);
    const name = keywords.text('format');
    if (name !== undefined && (node.version < 2019 || this.options.assertFormat)) {
      const check = name === 'regex' ? regexFormat : formats.get(name);
      if (check !== undefined) node.format = { name, check };
    }
    if (node.version >= 2019) {
      node.recursiveRef = reference('$recursiveRef');
      node.recursiveAnchor = keywords.flag('$recursiveAnchor');
    }
    if (node.version >= 2020) {
      const target = reference('$dynamicRef');
      const { fragment } = splitFragment(keywords.text('$dynamicRef') ?? '');
      if (target !== undefined) node.dynamicRef = { node: target, anchor: fragment.startsWith('/') ? '' : fragment };
      node.dynamicAnchor = keywords.text('$dynamicAnchor') ?? '';
    }
  }

  private resolve(reference: string, { document, pointer }: Location): SchemaNode {
    return this.nodeAt(this.options.documents.resolve(reference, document, document.resourceOf(pointer)));
  }
}

/** The nodes of the schemas that keywords hold. */
class Children {
  private readonly compiler: Compiler;
  private readonly keywords: Keywords;
  private readonly document: SchemaDocument;
  private readonly pointer: string;

  constructor(compiler: Compiler, keywords: Keywords, location: Location) {
    this.compiler = compiler;
    this.keywords = keywords;
    this.document = location.document;
    this.pointer = location.pointer;
  }

  one(keyword: string): SchemaNode | undefined {
    const value = this.keywords.map.get(keyword);
    return value === undefined ? undefined : this.at(`/${keyword}`, value);
  }

  oneOrFlag(keyword: string): SchemaNode | boolean | undefined {
    const value = this.keywords.map.get(keyword);
    return typeof value === 'boolean' ? value : this.one(keyword);
  }

  list(keyword: string): readonly SchemaNode[] {
    const value = this.keywords.map.get(keyword);
    return Array.isArray(value) ? value.map((item, i) => this.at(`/${keyword}/${i}`, item)) : [];
  }

  map(keyword: string): Map<string, SchemaNode> {
    return new Map(this.keywords.entries(keyword).map(([key, value]) => [key, this.entry(keyword, key, value)]));
  }

  entry(keyword: string, key: string, value: GoValue): SchemaNode {
    return this.at(`/${keyword}/${escapeToken(key)}`, value);
  }

  private at(place: string, value: GoValue): SchemaNode {
    return this.compiler.nodeAt({ document: this.document, pointer: this.pointer + place }, value);
  }
}

/** What drafts 6 and 7 added. */
function compileLaterKeywords(node: SchemaNode, keywords: Keywords, children: Children): void {
  if (node.version < 6) return;
  node.contains = children.one('contains');
  node.propertyNames = children.one('propertyNames');
  if (keywords.map.has('const')) node.constant = { value: keywords.map.get('const') };
  if (node.version < 7) return;
  const test = children.one('if');
  if (test !== undefined) node.condition = { test, pass: children.one('then'), fail: children.one('else') };
}

function compileApplicators(node: SchemaNode, keywords: Keywords, children: Children): void {
  if (!keywords.hasAny(APPLICATORS)) return;
  const { version } = node;
  node.allOf = children.list('allOf');
  node.anyOf = children.list('anyOf');
  node.oneOf = children.list('oneOf');
  node.properties = children.map('properties');
  node.not = children.one('not');
  node.additionalProperties = children.oneOrFlag('additionalProperties');
  node.dependencies = new Map(
    keywords
      .entries('dependencies')
      .map(([key, value]) => [key, Array.isArray(value) ? textsOf(value) : children.entry('dependencies', key, value)]),
  );
  if (version >= 2020) {
    node.prefix = children.list('prefixItems');
    node.items = children.one('items');
  } else if (Array.isArray(keywords.map.get('items'))) {
    node.prefix = children.list('items');
    node.additionalItems = children.oneOrFlag('additionalItems');
  } else {
    node.items = children.one('items');
  }
  if (version >= 2019) {
    node.dependentSchemas = children.map('dependentSchemas');
    node.unevaluatedProperties = children.one('unevaluatedProperties');
    node.unevaluatedItems = children.one('unevaluatedItems');
  }
  node.patternProperties = keywords.entries('patternProperties').map(([source, value]) => ({
    pattern: compilePattern(source, node),
    node: children.entry('patternProperties', source, value),
  }));
  node.evaluatesAllProperties = node.additionalProperties !== undefined;
  node.evaluatesAllItems = node.items !== undefined || node.additionalItems !== undefined;
}

function compileAssertions(node: SchemaNode, keywords: Keywords): void {
  const { version } = node;
  const type = keywords.map.get('type');
  const names = typeof type === 'string' ? [type] : textsOf(type);
  const types = TYPES.filter((name) => names.includes(name));
  if (types.length > 0) node.types = types;
  const values = keywords.map.get('enum');
  if (Array.isArray(values)) node.values = values;
  if (keywords.hasAny(BOUNDS)) compileBounds(node, keywords);
  node.uniqueItems = keywords.flag('uniqueItems');
  node.required = keywords.texts('required');
  if (version < 2019) return;
  if (node.contains !== undefined) {
    node.minContains = keywords.integer('minContains');
    node.maxContains = keywords.integer('maxContains');
  }
  node.dependentRequired = new Map(keywords.entries('dependentRequired').map(([key, value]) => [key, textsOf(value)]));
}

function compileBounds(node: SchemaNode, keywords: Keywords): void {
  const source = keywords.text('pattern');
  if (source !== undefined) node.pattern = compilePattern(source, node);
  node.multipleOf = keywords.number('multipleOf');
  // Draft 4 has a flag beside the bound, later drafts a bound of its own.
  const minimum = keywords.number('minimum');
  if (keywords.flag('exclusiveMinimum')) node.exclusiveMinimum = minimum;
  else {
    node.minimum = minimum;
    node.exclusiveMinimum = keywords.number('exclusiveMinimum');
  }
  const maximum = keywords.number('maximum');
  if (keywords.flag('exclusiveMaximum')) node.exclusiveMaximum = maximum;
  else {
    node.maximum = maximum;
    node.exclusiveMaximum = keywords.number('exclusiveMaximum');
  }
  node.minLength = keywords.integer('minLength');
  node.maxLength = keywords.integer('maxLength');
  node.minItems = keywords.integer('minItems');
  node.maxItems = keywords.integer('maxItems');
  node.minProperties = keywords.integer('minProperties');
  node.maxProperties = keywords.integer('maxProperties');
}

/** In the order that findings name them. */
const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

function compilePattern(source: string, node: SchemaNode): SchemaPattern {
  try {
    return schemaPattern(source);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new SchemaError(`invalid regex ${quote(source)} at ${quote(locationOf(node))}: ${error.message}`);
  }
}

const noSchemas: readonly SchemaNode[] = [];
const noEntries = new Map<string, never>();

function newNode(document: SchemaDocument, pointer: string): SchemaNode {
  const node: Omit<SchemaNode, 'resource'> & { resource: SchemaNode | undefined } = {
    place: { document, pointer },
    version: document.resourceOf(pointer).draft.version,
    resource: undefined,
    dynamicAnchors: noEntries,
    dynamicAnchor: '',
    recursiveAnchor: false,
    allOf: noSchemas,
    anyOf: noSchemas,
    oneOf: noSchemas,
    required: [],
    properties: noEntries,
    patternProperties: [],
    dependencies: noEntries,
    dependentRequired: noEntries,
    dependentSchemas: noEntries,
    uniqueItems: false,
    prefix: noSchemas,
    evaluatesAllProperties: false,
    evaluatesAllItems: false,
  };
  // A node is its own resource until it is compiled.
  const whole = node as SchemaNode;
  whole.resource = whole;
  return whole;
}
