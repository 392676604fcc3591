-- Whether these bytes were imported into this split before, and from where.
SELECT path FROM source
WHERE dataset_id = :dataset AND split = :split AND digest = :digest
