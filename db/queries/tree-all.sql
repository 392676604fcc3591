-- The nodes of a tree, leaves first.
SELECT node, parent, left_node, right_node, leaves, height, class_id
FROM tree_node
WHERE model_id = :model AND step = :step AND linkage = :linkage ORDER BY node
