/** Spaces: their records in storage, then their rows in the catalogue. */
import type { SpaceEntry } from './catalog/catalog.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { formatSpaceRecord, spaceKey, spacePrefix } from './layout.ts';
import { checkSpaceName } from './names.ts';
import { spaceNotFound } from './not-found.ts';
import type { PushStores } from './push.ts';

/** What the owner of a space decides. */
export interface SpaceSettings {
  /** Whether a push that asks for it may replace a version by other bytes; default: no. */
  readonly overwrite?: boolean;
}

export interface SpaceStore {
  /** Throws InvalidSpaceName, SpaceNotFound. */
  find(name: string): Promise<SpaceEntry>;
  /** Throws InvalidSpaceName, AlreadyExists. */
  create(name: string, settings?: SpaceSettings): Promise<SpaceEntry>;
  /** Makes the space unless it is there. */
  add(name: string): Promise<SpaceEntry>;
  /** Throws InvalidSpaceName, SpaceNotFound. */
  update(name: string, settings: SpaceSettings): Promise<SpaceEntry>;
  /** Removes the space and what storage still holds of it. */
  delete(name: string): Promise<void>;
}

export function createSpaceStore({ storage, catalog, locks, now }: PushStores): SpaceStore {
  async function find(name: string): Promise<SpaceEntry> {
    checkSpaceName(name);
    const space = await catalog.getSpace(name);
    if (space === undefined) {
      throw spaceNotFound(name);
    }
    return space;
  }

  /** Undefined when another made it first. */
  async function putNew(name: string, settings: SpaceSettings): Promise<SpaceEntry | undefined> {
    const space: SpaceEntry = { name, created: now(), overwrite: settings.overwrite === true };
    try {
      await storage.put(spaceKey(name), formatSpaceRecord(space), { absent: true });
    } catch (error) {
      if (isRegistryError(error, 'PreconditionFailed')) {
        return undefined;
      }
      throw error;
    }
    await catalog.putSpace(space);
    return space;
  }

  return {
    find,

    create(name, settings = {}) {
      checkSpaceName(name);
      return locks.run(spaceKey(name), async () => {
        const isKnown = (await catalog.getSpace(name)) !== undefined;
        const space = isKnown ? undefined : await putNew(name, settings);
        if (space === undefined) {
          throw new RegistryError('AlreadyExists', `space ${name} exists already`, { details: { space: name } });
        }
        return space;
      });
    },

    add(name) {
      return locks.run(spaceKey(name), async () => {
        const known = (await catalog.getSpace(name)) ?? (await putNew(name, {}));
        return known ?? { name, created: now(), overwrite: false };
      });
    },

    update(name, settings) {
      return locks.run(spaceKey(name), async () => {
        const space = { ...(await find(name)), ...settings };
        await storage.put(spaceKey(name), formatSpaceRecord(space));
        await catalog.putSpace(space);
        return space;
      });
    },

    async delete(name) {
      for await (const info of storage.list(spacePrefix(name))) {
        await storage.delete(info.key);
      }
      await catalog.deleteSpace(name);
    },
  };
}
