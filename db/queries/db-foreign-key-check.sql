-- One row for each reference to a row that is not there: table, rowid, parent.
PRAGMA foreign_key_check
