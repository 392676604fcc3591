-- Removes a tree.
DELETE FROM tree_node
WHERE model_id = :model AND step = :step AND linkage = :linkage
