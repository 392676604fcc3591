-- What is inside, one number a column: data sets, classes, images, of them for
-- training, for tests, out of distribution and of no class, models, codes,
-- notes with captions, tags, jobs.
-- scan: small tables; images and codes are counted where they are written
SELECT (SELECT count(*) FROM dataset), (SELECT count(*) FROM class),
    (SELECT coalesce(sum(images), 0) FROM tally),
    (SELECT coalesce(sum(images), 0) FROM tally WHERE split = 'train'),
    (SELECT coalesce(sum(images), 0) FROM tally WHERE split = 'test'),
    (SELECT coalesce(sum(images), 0) FROM tally WHERE split = 'ood'),
    (SELECT coalesce(sum(images), 0) FROM tally WHERE class_id = 0),
    (SELECT count(*) FROM model),
    (SELECT coalesce(sum(coded), 0) FROM model),
    (SELECT count(*) FROM note) + (SELECT count(*) FROM caption),
    (SELECT count(*) FROM tag), (SELECT count(*) FROM job)
