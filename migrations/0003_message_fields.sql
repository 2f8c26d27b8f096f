-- A message says who left it, and which parts the caller has heard read back and confirmed.
ALTER TABLE message ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN name_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN number_confirmed INTEGER NOT NULL DEFAULT 0;
