/** What our annotations of pods and nodes begin with. */
export const ANNOTATION_PREFIX = 'simulation.drydock.dev/';
