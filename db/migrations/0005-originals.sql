-- Pictures that stay where they are, beside the small square kept in pixels.

PRAGMA user_version = 5;

-- resize: the shorter side of a picture before the square of height x width
-- was cut from its middle; 0 for images that came as they are.
ALTER TABLE dataset ADD COLUMN resize INTEGER NOT NULL DEFAULT 0
    CHECK (resize >= 0);

-- folder: where a class's pictures lie below the folder of a source, or what
-- a list calls it; '' where labels are numbers.
ALTER TABLE class ADD COLUMN folder TEXT NOT NULL DEFAULT '';

-- The file an image was made from. path: below source.path, or absolute.
-- bytes and mtime (nanoseconds since 1970) tell whether it was touched, digest
-- whether it is another: XXH64 of its bytes, hexadecimal.
CREATE TABLE original (
    image_id  INTEGER PRIMARY KEY REFERENCES image,
    source_id INTEGER NOT NULL REFERENCES source,
    path      TEXT    NOT NULL,
    bytes     INTEGER NOT NULL,
    mtime     INTEGER NOT NULL,
    digest    TEXT    NOT NULL,
    width     INTEGER NOT NULL,
    height    INTEGER NOT NULL,
    UNIQUE (source_id, path)
);

-- What could not be taken in, and why; gone once it could.
CREATE TABLE refusal (
    source_id INTEGER NOT NULL REFERENCES source,
    path      TEXT    NOT NULL,
    bytes     INTEGER NOT NULL,
    mtime     INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    PRIMARY KEY (source_id, path)
) WITHOUT ROWID;
