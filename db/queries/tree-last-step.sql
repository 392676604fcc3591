-- The last step that has a tree of this linkage.
SELECT step FROM tree_node WHERE model_id = :model AND linkage = :linkage
ORDER BY step DESC LIMIT 1
