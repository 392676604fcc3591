-- An image whose file lies in another class's folder now.
UPDATE image SET class_id = :class WHERE id = :id
