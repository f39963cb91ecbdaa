import { createSimulation } from '@drydock/controllers';
import { describeCluster } from './cluster.contract.ts';
import { SimulatedCluster } from './simulated.ts';

describeCluster('SimulatedCluster', {
  async open() {
    return { cluster: new SimulatedCluster(createSimulation({ name: 'test', nodes: 2 })), async close() {} };
  },
});
