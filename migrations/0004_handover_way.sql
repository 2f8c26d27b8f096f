-- How a human got the call: 'refer' (the exchange passed it on) or 'bridge' (the line stayed between the two).
ALTER TABLE call ADD COLUMN handover_way TEXT;
