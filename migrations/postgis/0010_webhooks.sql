-- Programs that are told what happened: each event is sent to them in order, again and again until it is taken, and put
-- aside when it was tried too often. Nothing is left out: what was put aside is listed and can be sent again.

-- A program that is told.
create table webhook (
  id bigint not null,                       -- 1 for the first; never given again
  url text not null,                        -- where it listens
  secret text not null,                     -- what signs what it is told; it must be known to sign
  kinds text not null,                      -- JSON list of what it is told, such as report.* or draft.published
  created_by text not null,                 -- who added it
  created_at timestamptz not null,          -- when
  told bigint not null,                     -- the number of the last event that it took, or that was put aside
  attempts integer not null,                -- how often the next one was tried
  next_at timestamptz not null,             -- not tried before this
  error text,                               -- why it was not taken the last time
  holder text,                              -- the process that tells it at the moment
  held_until timestamptz,                   -- until when nobody else does
  ended_at timestamptz,                     -- since when it is told nothing
  constraint pk_webhook primary key (id),
  constraint ck_webhook_url check (url like 'http%://%'),
  constraint ck_webhook_holder check ((holder is null) = (held_until is null))
);

-- An event that a program did not take however often it was tried.
create table dead_letter (
  webhook bigint not null,                  -- the program
  event bigint not null,                    -- the number of the event
  put_aside_at timestamptz not null,        -- when
  attempts integer not null,                -- how often it was tried
  error text not null,                      -- why it was not taken the last time
  constraint pk_dead_letter primary key (webhook, event),
  constraint fk_dead_letter_webhook foreign key (webhook) references webhook (id),
  constraint fk_dead_letter_event foreign key (event) references event (seq)
);
