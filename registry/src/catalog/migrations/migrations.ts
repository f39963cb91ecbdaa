/** The catalogue's schema as the list of steps to it; a step that has been released is never edited, only followed by another. */
import { spacesAndVersions } from './0001-spaces-and-versions.ts';

export const migrations: readonly string[] = [spacesAndVersions];
