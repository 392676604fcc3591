-- The first schema. docs: bitgrove-catalogue(5). Times are milliseconds since
-- 1970-01-01 UTC. A code is an INTEGER whose bit i is bit i of the code.

PRAGMA application_id = 1114063713; -- "BgCa"
PRAGMA user_version = 1;

-- What images are learnt from: one shape of image, one set of classes.
CREATE TABLE dataset (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    channels   INTEGER NOT NULL CHECK (channels IN (1, 3)),
    height     INTEGER NOT NULL CHECK (height > 0),
    width      INTEGER NOT NULL CHECK (width > 0),
    created_at INTEGER NOT NULL
);

-- number: the label in the imported files. path: the place in a reference
-- hierarchy such as latin/upper, '' when none is known.
CREATE TABLE class (
    id         INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES dataset,
    number     INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    path       TEXT    NOT NULL DEFAULT '',
    UNIQUE (dataset_id, number)
);
CREATE INDEX class_by_name ON class (dataset_id, name);

-- One row for each source imported: provenance, and what makes importing the
-- same file twice an error. digest: of the bytes read.
CREATE TABLE source (
    id          INTEGER PRIMARY KEY,
    dataset_id  INTEGER NOT NULL REFERENCES dataset,
    split       TEXT    NOT NULL CHECK (split IN ('train', 'test', 'ood')),
    path        TEXT    NOT NULL,
    digest      TEXT    NOT NULL,
    images      INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    UNIQUE (dataset_id, split, digest)
);

-- class_id is NULL for images of no class. position: the row in its source.
CREATE TABLE image (
    id         INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES dataset,
    split      TEXT    NOT NULL CHECK (split IN ('train', 'test', 'ood')),
    class_id   INTEGER REFERENCES class,
    source_id  INTEGER NOT NULL REFERENCES source,
    position   INTEGER NOT NULL
);
-- Each in the order of id behind its columns: pages are a search by key.
CREATE INDEX image_by_split ON image (dataset_id, split);
CREATE INDEX image_by_class ON image (dataset_id, split, class_id);

-- How many images there are of a class, 0 for those of none: what a screen
-- shows at once must not count a million rows. Kept with every import.
CREATE TABLE tally (
    dataset_id INTEGER NOT NULL REFERENCES dataset,
    split      TEXT    NOT NULL CHECK (split IN ('train', 'test', 'ood')),
    class_id   INTEGER NOT NULL,
    images     INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, split, class_id)
) WITHOUT ROWID;

-- The bytes of an image, channels x height x width, row-major, 0 to 255.
-- Apart from image, so that lists of images never drag pixels along.
CREATE TABLE pixels (
    image_id INTEGER PRIMARY KEY REFERENCES image,
    bytes    BLOB NOT NULL
);

-- phase: 0 warm start, 1 codebook, 2 instance codes. step counts epochs over
-- all phases from 1; 0 before the first is done. margin_scale: a stored
-- margin of 1 is this many units of the real one. coded: images with a code.
CREATE TABLE model (
    id           INTEGER PRIMARY KEY,
    dataset_id   INTEGER NOT NULL REFERENCES dataset,
    name         TEXT    NOT NULL UNIQUE,
    encoder      TEXT    NOT NULL,
    recipe       TEXT    NOT NULL,
    bits         INTEGER NOT NULL CHECK (bits BETWEEN 1 AND 64),
    seed         INTEGER NOT NULL,
    options      TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('learning', 'ready')),
    phase        INTEGER NOT NULL DEFAULT 0,
    step         INTEGER NOT NULL DEFAULT 0,
    steps        INTEGER NOT NULL,
    margin_scale REAL    NOT NULL DEFAULT 0,
    coded        INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL
);
CREATE INDEX model_by_dataset ON model (dataset_id);

-- One row an epoch. Rates are fractions of 1 on the test split, NULL where a
-- phase does not have them (or there is no test split).
CREATE TABLE history (
    model_id INTEGER NOT NULL REFERENCES model,
    step     INTEGER NOT NULL,
    phase    INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    loss     REAL    NOT NULL,
    rate     REAL    NOT NULL,
    top1     REAL,
    top5     REAL,
    mhd      REAL,
    ed       REAL,
    ties     REAL,
    duration INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (model_id, step)
) WITHOUT ROWID;

-- What learning needs to go on after `step`; replaced whole, in the same
-- transaction as that step's history, codes and tree.
CREATE TABLE checkpoint (
    model_id INTEGER PRIMARY KEY REFERENCES model,
    step     INTEGER NOT NULL,
    state    BLOB    NOT NULL
);

-- Class codes of every step. weights: the real values behind the signs, bits
-- float32 little-endian.
CREATE TABLE class_code (
    model_id INTEGER NOT NULL REFERENCES model,
    step     INTEGER NOT NULL,
    class_id INTEGER NOT NULL REFERENCES class,
    code     INTEGER NOT NULL,
    weights  BLOB    NOT NULL,
    PRIMARY KEY (model_id, step, class_id)
) WITHOUT ROWID;

-- Instance codes. margins: bits signed bytes, see model.margin_scale.
-- decoded: the class nearest in Hamming distance, at `distance`.
CREATE TABLE image_code (
    model_id INTEGER NOT NULL REFERENCES model,
    image_id INTEGER NOT NULL REFERENCES image,
    code     INTEGER NOT NULL,
    decoded  INTEGER NOT NULL REFERENCES class,
    distance INTEGER NOT NULL,
    margins  BLOB    NOT NULL,
    PRIMARY KEY (model_id, image_id)
) WITHOUT ROWID;
CREATE INDEX image_code_by_distance ON image_code (model_id, distance);

-- A tree of the class codes of one step. Nodes 0 to L-1 are the leaves in the
-- order of class.id, the root is the last.
CREATE TABLE tree_node (
    model_id   INTEGER NOT NULL REFERENCES model,
    step       INTEGER NOT NULL,
    linkage    TEXT    NOT NULL,
    node       INTEGER NOT NULL,
    parent     INTEGER,
    left_node  INTEGER,
    right_node INTEGER,
    height     REAL    NOT NULL,
    leaves     INTEGER NOT NULL,
    class_id   INTEGER REFERENCES class,
    PRIMARY KEY (model_id, step, linkage, node)
) WITHOUT ROWID;

-- What people say. target: 'model', 'bit', 'class', 'image' or 'node'; item:
-- the bit, the id, or the node's address as text.
CREATE TABLE note (
    id         INTEGER PRIMARY KEY,
    model_id   INTEGER REFERENCES model,
    target     TEXT    NOT NULL
               CHECK (target IN ('model', 'bit', 'class', 'image', 'node')),
    item       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    written_at INTEGER NOT NULL
);
CREATE INDEX note_by_target ON note (target, item, model_id);

-- The meaning of a bit in a few words.
CREATE TABLE caption (
    model_id   INTEGER NOT NULL REFERENCES model,
    bit        INTEGER NOT NULL,
    text       TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (model_id, bit)
) WITHOUT ROWID;

CREATE TABLE tag (
    image_id INTEGER NOT NULL REFERENCES image,
    name     TEXT    NOT NULL,
    PRIMARY KEY (image_id, name)
) WITHOUT ROWID;
CREATE INDEX tag_by_name ON tag (name, image_id);

-- The queue. params: a flat JSON object of strings. rate: units a second.
-- A running job belongs to `worker` until lease_until.
CREATE TABLE job (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK
        (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    params      TEXT    NOT NULL,
    model_id    INTEGER REFERENCES model,
    progress    INTEGER NOT NULL DEFAULT 0,
    total       INTEGER NOT NULL DEFAULT 0,
    rate        REAL    NOT NULL DEFAULT 0,
    message     TEXT    NOT NULL DEFAULT '',
    status      TEXT    NOT NULL DEFAULT '',
    result      TEXT    NOT NULL DEFAULT '',
    cancel      INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0,
    worker      TEXT    NOT NULL DEFAULT '',
    host        TEXT    NOT NULL DEFAULT '',
    pid         INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER,
    ended_at    INTEGER
);
CREATE INDEX job_by_state ON job (state, id);

CREATE TABLE job_log (
    job_id INTEGER NOT NULL REFERENCES job,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    text   TEXT    NOT NULL,
    PRIMARY KEY (job_id, seq)
) WITHOUT ROWID;
