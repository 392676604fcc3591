-- What an ordinary classifier, a baseline without codes, says of the images
-- of test and ood: its threshold is what codes do without.

PRAGMA user_version = 3;

-- decoded: the class of the largest softmax probability, which is confidence.
CREATE TABLE image_answer (
    model_id   INTEGER NOT NULL REFERENCES model,
    image_id   INTEGER NOT NULL REFERENCES image,
    decoded    INTEGER NOT NULL REFERENCES class,
    confidence REAL    NOT NULL,
    PRIMARY KEY (model_id, image_id)
) WITHOUT ROWID;
