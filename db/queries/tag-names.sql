-- All names of tags.
-- scan: the index of names, once, when somebody completes one
SELECT DISTINCT name FROM tag ORDER BY name
