/**
 * The first tables. A deleted version stays as a row with `deleted` set, so that a reader who knows a revision can be told
 * what went after it; `entry` is then empty.
 */
export const spacesAndVersions = `
CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 0), revision INTEGER NOT NULL) STRICT;
INSERT INTO counter (id, revision) VALUES (0, 0);

CREATE TABLE spaces (
  name      TEXT PRIMARY KEY,
  created   INTEGER NOT NULL,
  overwrite INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
  id       INTEGER PRIMARY KEY,
  space    TEXT NOT NULL,
  chart    TEXT NOT NULL,
  version  TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  stable   INTEGER NOT NULL,
  digest   TEXT NOT NULL,
  size     INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  etag     TEXT NOT NULL,
  entry    TEXT NOT NULL,
  revision INTEGER NOT NULL,
  deleted  INTEGER NOT NULL DEFAULT 0,
  UNIQUE (space, chart, version)
) STRICT;

CREATE INDEX versions_in_order ON versions (space, chart, sort_key DESC) WHERE deleted = 0;
CREATE INDEX versions_latest ON versions (space, chart, stable DESC, sort_key DESC) WHERE deleted = 0;
CREATE INDEX versions_by_revision ON versions (space, revision);
`;
