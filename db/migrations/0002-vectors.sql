-- Data sets of vectors (features) beside those of images. A CHECK can't be
-- altered: the table is made again, and what refers to it by name finds it.

PRAGMA user_version = 2;

-- What is learnt from: one shape of image, or vectors of one length (channels,
-- with height and width 1), and one set of classes.
CREATE TABLE dataset_2 (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL CHECK (kind IN ('images', 'vectors')),
    channels   INTEGER NOT NULL,
    height     INTEGER NOT NULL CHECK (height > 0),
    width      INTEGER NOT NULL CHECK (width > 0),
    created_at INTEGER NOT NULL,
    CHECK (CASE kind WHEN 'images' THEN channels IN (1, 3)
        ELSE channels BETWEEN 1 AND 65536 AND height = 1 AND width = 1 END)
);
INSERT INTO dataset_2 (id, name, kind, channels, height, width, created_at)
SELECT id, name, 'images', channels, height, width, created_at FROM dataset;
DROP TABLE dataset;
ALTER TABLE dataset_2 RENAME TO dataset;

-- Vectors stay in their file: element is their type as NumPy writes it ('f2',
-- 'f4', 'f8'; '' for images, which are in pixels), start the byte where the
-- first row begins, stride the bytes from a row to the next; bytes and mtime
-- (nanoseconds since 1970) tell whether the file is the one it was.
ALTER TABLE source ADD COLUMN element TEXT NOT NULL DEFAULT ''
    CHECK (element IN ('', 'f2', 'f4', 'f8'));
ALTER TABLE source ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN stride INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN mtime INTEGER NOT NULL DEFAULT 0;
