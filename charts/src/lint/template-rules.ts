/** Rules of templates/ and what they render to, as Helm v4.3's (pkg/chart/v2/lint/rules/template.go, deprecations.go). */
import { posix } from 'node:path';
import type { Chart, ChartFile } from '../chart/chart.ts';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { decode, isBadYaml } from '../chart/go-decode.ts';
import { trimSpace } from '../chart/text.ts';
import { byteLength } from '../engine/gotemplate/bytes.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import type { Capabilities } from '../render/capabilities.ts';
import { parseYaml } from '../yaml/parse.ts';
import { type ApiLifecycle, apiLifecycle, isReached } from './api-lifecycle.ts';
import type { ChartFolder } from './chart-folder.ts';
import type { Finding } from './finding.ts';
import { type LintRender, type LintRenderOptions, renderForLint } from './lint-render.ts';
import { listShape, type ObjectHead, readHeads } from './manifest-stream.ts';
import { nameProblem } from './object-name.ts';
import { ruleOf } from './rules.ts';
import { mapTemplateLines, type TemplateLines } from './template-lines.ts';

const FOLDER = 'templates/';

export interface TemplateFindings {
  readonly findings: readonly Finding[];
  /** What was rendered, where it could be. */
  readonly rendered?: { readonly chart: Chart; readonly render: LintRender };
}

/** The findings about templates/; `load` is given once, since all rules load the same. */
export function lintTemplates(
  folder: ChartFolder,
  load: () => Chart,
  options: LintRenderOptions & { readonly capabilities: Capabilities },
): TemplateFindings {
  const kind = folder.kind('templates');
  if (kind === undefined) return { findings: [finding('templates-folder', 'directory does not exist')] };
  if (kind === 'file') return { findings: [{ ...finding('templates-folder', 'not a directory'), severity: 'error' }] };
  let chart: Chart;
  try {
    chart = load();
  } catch (error) {
    return { findings: [finding('templates-load', messageOf(error))] };
  }
  let render: LintRender | undefined;
  try {
    render = renderForLint(chart, options);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    return { findings: [renderFailure(error, chart.metadata.name)] };
  }
  if (render === undefined) return { findings: [] };
  return { findings: lintOutput(chart, render, options.capabilities), rendered: { chart, render } };
}

function renderFailure(error: ChartError, chart: string): Finding {
  if (error.code === 'SchemaViolation') return { ...finding('values-schema', error.message), file: 'values.yaml' };
  const { file, line } = error.details;
  return {
    ...finding('templates-render', error.message),
    ...(file === undefined ? {} : { file: file.startsWith(`${chart}/`) ? file.slice(chart.length + 1) : file }),
    ...(line === undefined || line === 0 ? {} : { line }),
  };
}

function finding(rule: string, message: string, path: string = FOLDER): Finding {
  return { rule, severity: ruleOf(rule).severity, path, message };
}

/** The templates of the chart itself, one after the other; YAML that can't be read ends it, as in Helm. */
function lintOutput(chart: Chart, render: LintRender, capabilities: Capabilities): Finding[] {
  const findings: Finding[] = [];
  for (const template of chart.templates) {
    const report = (rule: string, message: string, line = 1): void => {
      findings.push({ ...finding(rule, message, template.name), file: template.name, line });
    };
    if (!hasAllowedExtension(template, chart)) {
      const extension = `file extension '${extensionOf(template.name)}' not valid`;
      report('template-extension', `${extension}. Valid extensions are .yaml, .yml, .tpl, or .txt`);
    }
    const name = posix.join(chart.metadata.name, template.name);
    const output = render.files.get(name) ?? '';
    if (render.notes.has(name) || !isYamlTemplate(template.name) || trimSpace(output) === '') continue;
    const lines = mapTemplateLines(render.templates.get(name) ?? '', output);
    const indent = indentProblem(output);
    if (indent !== undefined) report('template-indent', indent.message, lines.of(indent.line));
    for (const head of readHeads(output)) {
      if ('problem' in head) {
        report('template-yaml', `unable to parse YAML: ${head.problem}`, lines.of(head.line));
        return findings;
      }
      lintObject(head, { output, lines, capabilities, report });
    }
  }
  return findings;
}

interface ObjectContext {
  readonly output: string;
  readonly lines: TemplateLines;
  readonly capabilities: Capabilities;
  readonly report: (rule: string, message: string, line: number) => void;
}

function lintObject(head: ObjectHead, context: ObjectContext): void {
  const line = context.lines.of(head.line);
  const name = nameProblem(head.kind, head.name);
  if (name !== undefined) context.report('object-name', name, line);
  const lifecycle = apiLifecycle(head.apiVersion, head.kind);
  if (lifecycle?.isKnownToHelm && isReached(lifecycle.deprecated, context.capabilities.kubeVersion)) {
    context.report('deprecated-api', deprecationMessage(head, lifecycle), line);
  }
  if (
    /^(?:Deployment|ReplicaSet|DaemonSet|StatefulSet)$/.test(head.kind) &&
    !/matchLabels|matchExpressions/.test(context.output)
  ) {
    const message = `a ${head.kind} must contain matchLabels or matchExpressions, and ${quote(head.name)} does not`;
    context.report('workload-selector', message, line);
  }
  const annotations = head.kind === 'List' ? listProblem(context.output) : undefined;
  if (annotations !== undefined) context.report('list-annotations', annotations, line);
}

/** As Kubernetes' own warning says it. */
export function deprecationMessage(
  object: { readonly apiVersion: string; readonly kind: string },
  lifecycle: ApiLifecycle,
): string {
  const { deprecated, removed, replacement } = lifecycle;
  const until = removed === undefined ? '' : `, unavailable in v${removed}+`;
  const use = replacement === undefined ? '' : `; use ${replacement}`;
  return `${object.apiVersion} ${object.kind} is deprecated in v${deprecated}+${until}${use}`;
}

/** Whether a template makes objects, by its name. */
export function isYamlTemplate(name: string): boolean {
  return /\.ya?ml$/i.test(withoutEngine(name));
}

/** `deployment.yaml.hbs` and `deployment.hbs` are Handlebars'. */
function withoutEngine(name: string): string {
  if (!name.endsWith('.hbs')) return name;
  const plain = name.slice(0, -'.hbs'.length);
  return extensionOf(plain) === '' ? `${plain}.yaml` : plain;
}

function hasAllowedExtension(template: ChartFile, chart: Chart): boolean {
  if (chart.metadata.engine === 'handlebars' && template.name.endsWith('.hbs')) return true;
  return ['.yaml', '.yml', '.tpl', '.txt'].includes(extensionOf(template.name));
}

/** Go's filepath.Ext: of a dot file, the whole name. */
function extensionOf(name: string): string {
  const base = posix.basename(name);
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot);
}

/** The buffer of Go's line scanner. */
const maxLineBytes = 64 * 1024;

function indentProblem(output: string): { readonly message: string; readonly line: number } | undefined {
  for (const [index, raw] of output.split('\n').entries()) {
    if (byteLength(raw) >= maxLineBytes) return { message: 'bufio.Scanner: token too long', line: index + 1 };
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (trimSpace(line) === '') continue;
    if (!line.startsWith(' ') && !line.startsWith('\t')) return undefined;
    const message = `document starts with an illegal indent: ${quote(line)}, which may cause parsing problems`;
    return { message, line: index + 1 };
  }
  return undefined;
}

function listProblem(output: string): string | undefined {
  try {
    const list = decode(parseYaml(output), listShape);
    const items = list instanceof Map ? list.get('Items') : undefined;
    const isIgnored = (Array.isArray(items) ? items : []).some((item) => {
      const metadata = item instanceof Map ? item.get('Metadata') : undefined;
      const annotations = metadata instanceof Map ? metadata.get('Annotations') : undefined;
      return annotations instanceof Map && annotations.has('helm.sh/resource-policy');
    });
    return isIgnored ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined;
  } catch (error) {
    if (!isBadYaml(error)) throw error;
    // The items are no pointers in Go.
    return `unable to parse YAML: ${error.message.replace('[]*', '[]')}`;
  }
}
