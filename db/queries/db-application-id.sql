-- Whose file it is: 0x42674361 ("BgCa") in a catalogue, 0 in a new file.
PRAGMA application_id
