-- What happened, for whoever follows the store: one row per event, numbered in the order of the commits without
-- holes.

-- The number of the newest event. Whoever adds one takes the next number here, in the transaction of what happened: of
-- two that commit, the first has the smaller number, and what is undone leaves no hole.
create table event_head (
  one integer not null,                     -- always 1: there is one row
  seq integer not null,                     -- the number of the newest event; 0 before the first
  constraint pk_event_head primary key (one),
  constraint ck_event_head_one check (one = 1),
  constraint ck_event_head_seq check (seq >= 0)
);

insert into event_head (one, seq) values (1, 0);

-- The log. Rows are added and never changed.
create table event (
  seq integer not null,                     -- 1 for the first, then one more with each
  type text not null,                       -- what happened: revision.published, draft.submitted …
  at text not null,                         -- when; RFC 3339 with microseconds, UTC
  revision integer not null,                -- the newest revision then; a node tells the event once it serves that one
  subject text not null,                    -- to what: the number of the revision, of the draft
  data text not null,                       -- JSON object: what else is to be known
  constraint pk_event primary key (seq),
  constraint fk_event_revision foreign key (revision) references revision (number),
  constraint ck_event_seq check (seq > 0),
  constraint ck_event_type check (type like '_%._%')
);
