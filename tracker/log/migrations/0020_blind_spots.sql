-- Since when a feed is read again that failed before within a day: it has to last until it is told.
alter table alert.blind_spot add column if not exists seen_since timestamptz;
