/** Nodes whose pipelines become trees when they are first asked for: most of a chart's templates never run. */
import type { ActionNode, BranchNode, ListNode, PipeNode, TemplateNode } from './node.ts';
import type { PlainAction } from './plain-action.ts';
import { PlainPipelines } from './plain-pipeline.ts';

const pipelines = new PlainPipelines();

export class LateAction implements ActionNode {
  readonly type = 'action';
  readonly position: number;
  private source: PlainAction | PipeNode;

  constructor(action: PlainAction, position: number) {
    this.source = action;
    this.position = position;
  }

  get pipe(): PipeNode {
    this.source = pipeOf(this.source, this.position);
    return this.source;
  }
}

export class LateBranch implements BranchNode {
  readonly type: BranchNode['type'];
  readonly position: number;
  readonly list: ListNode;
  elseList: ListNode | undefined;
  private source: PlainAction | PipeNode;

  constructor(type: BranchNode['type'], action: PlainAction, place: { position: number; list: ListNode }) {
    this.type = type;
    this.position = place.position;
    this.list = place.list;
    this.elseList = undefined;
    this.source = action;
  }

  get pipe(): PipeNode {
    this.source = pipeOf(this.source, this.position);
    return this.source;
  }
}

export class LateTemplate implements TemplateNode {
  readonly type = 'template';
  readonly position: number;
  readonly name: string;
  private source: PlainAction | PipeNode | undefined;

  constructor(action: PlainAction, position: number) {
    this.name = action.name;
    this.position = position;
    this.source = action.hasPipeline ? action : undefined;
  }

  get pipe(): PipeNode | undefined {
    if (this.source === undefined) return undefined;
    this.source = pipeOf(this.source, this.position);
    return this.source;
  }
}

/** The pipeline of the action of a node, from where the node is in its text. */
function pipeOf(source: PlainAction | PipeNode, position: number): PipeNode {
  return 'type' in source ? source : pipelines.parse(source, position - source.start);
}
