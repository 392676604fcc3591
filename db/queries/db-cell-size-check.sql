-- A damaged page is an error, not undefined behaviour.
PRAGMA cell_size_check = ON
