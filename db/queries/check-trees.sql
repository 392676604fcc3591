-- Every tree, and how many class codes its step has.
-- scan: a check looks at everything
SELECT t.model_id, t.step, t.linkage, m.name, (SELECT count(*) FROM class_code k
    WHERE k.model_id = t.model_id AND k.step = t.step)
FROM (SELECT DISTINCT model_id, step, linkage FROM tree_node) t
JOIN model m ON m.id = t.model_id
