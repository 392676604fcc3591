-- A node of a tree.
INSERT INTO tree_node (model_id, step, linkage, node, parent, left_node,
    right_node, height, leaves, class_id)
VALUES (:model, :step, :linkage, :node, :parent, :left,
    :right, :height, :leaves, :class)
