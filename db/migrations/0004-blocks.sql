-- The codes of images once more, in columns of 4096 ids, for who wants all of
-- them: a million rows take most of a second to step through. What is not in a
-- block is read from its rows. Triggers drop a block whose rows other
-- programs change (our own connections run no triggers of a file, and drop it
-- themselves); a worker makes it again.

PRAGMA user_version = 4;

-- block: image_id >> 12. stamp is never given twice, so that nobody takes
-- other codes for those that he knows. data: see bitgrove-catalogue(5).
CREATE TABLE code_block (
    stamp    INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id INTEGER NOT NULL REFERENCES model,
    block    INTEGER NOT NULL,
    images   INTEGER NOT NULL,
    data     BLOB    NOT NULL,
    UNIQUE (model_id, block)
);

CREATE TRIGGER image_code_added AFTER INSERT ON image_code BEGIN
    DELETE FROM code_block
    WHERE model_id = new.model_id AND block = new.image_id >> 12;
END;
CREATE TRIGGER image_code_changed AFTER UPDATE ON image_code BEGIN
    DELETE FROM code_block
    WHERE model_id = old.model_id AND block = old.image_id >> 12;
    DELETE FROM code_block
    WHERE model_id = new.model_id AND block = new.image_id >> 12;
END;
CREATE TRIGGER image_code_removed AFTER DELETE ON image_code BEGIN
    DELETE FROM code_block
    WHERE model_id = old.model_id AND block = old.image_id >> 12;
END;
CREATE TRIGGER image_changed AFTER UPDATE OF id, split, class_id ON image BEGIN
    DELETE FROM code_block WHERE block IN (old.id >> 12, new.id >> 12)
        AND model_id IN (SELECT id FROM model);
END;
CREATE TRIGGER image_removed AFTER DELETE ON image BEGIN
    DELETE FROM code_block WHERE block = old.id >> 12
        AND model_id IN (SELECT id FROM model);
END;
