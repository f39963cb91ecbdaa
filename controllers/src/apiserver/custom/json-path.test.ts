import { describe, expect, test } from 'vitest';
import { findJsonPath } from './json-path.ts';

const object = {
  metadata: { name: 'a', labels: { 'example.com/x': 'y' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', weight: 2 },
      { type: 'Synced', status: 'False', weight: 5 },
    ],
    nested: { deep: { name: 'b' } },
  },
};

describe('JSONPath of printer columns', () => {
  test.each([
    ['.metadata.name', ['a']],
    ['{.metadata.name}', ['a']],
    ['.metadata.labels.example\\.com/x', ['y']],
    [".metadata.labels['example.com/x']", ['y']],
    ['.status.conditions[1].type', ['Synced']],
    ['.status.conditions[-1].type', ['Synced']],
    ['.status.conditions[*].type', ['Ready', 'Synced']],
    ['.status.conditions[0:1].type', ['Ready']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type != 'Ready')].status", ['False']],
    ['.status.conditions[?(@.weight > 3)].type', ['Synced']],
    ['.status.conditions[?(@.missing)].type', []],
    ['.status..name', ['b']],
    ['.spec.replicas', []],
    ['.status.conditions[', []],
  ])('%s finds %j', (path, found) => {
    expect(findJsonPath(path, object)).toEqual(found);
  });
});
