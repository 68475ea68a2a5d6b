-- Reports: what came in, whose it was then, who works it now, where it stands. No data of residents: a category, a place,
-- a time, a text without numbers of persons and an opaque reference.

-- One row per report. What was told and whose it was when it came in never change.
create table report (
  id integer not null,                      -- 1 for the first, in the order of the commits
  source text not null,                     -- who sent it: an account, token:NAME, local
  key text not null,                        -- the sender's own name for the sending; belongs to him for ever
  body blob not null,                       -- SHA-256 of what was sent, 32 bytes
  receipt text not null,                    -- JSON: what was answered, but for id and number
  received_at text not null,                -- when it came in; RFC 3339 with microseconds, UTC
  occurred_at text not null,                -- when it happened; RFC 3339 with microseconds, UTC
  due_at text not null,                     -- by when it should be handled; RFC 3339 with microseconds, UTC
  crs text not null,                        -- the system in which the position came
  east real not null,                       -- as it came, degrees or metres
  north real not null,                      -- as it came, degrees or metres
  x integer not null,                       -- the place on the lattice: longitude in 1e-7 degree
  y integer not null,                       -- the place on the lattice: latitude in 1e-7 degree
  accuracy_m real,                          -- the radius in which the true place lies, when it was told
  category text not null,                   -- the code of the category
  text text,                                -- what was said, masked
  masked integer not null,                  -- 1 when numbers were masked in it
  source_ref text,                          -- what the sender calls it
  declared_unit text,                       -- the code of the unit that the sender took it for
  revision integer not null,                -- the revision that said whose it is
  outcome text not null,                    -- how the responsible layer held the place
  rule text not null,                       -- the rule that decided: a category's code, or default
  filed_unit integer,                       -- the responsible unit then
  filed_land integer,                       -- the land grid then
  filed_water integer,                      -- the water grid then
  filed_police integer,                     -- the police grid then
  ground_unit integer,                      -- whose the place is by the revision that looked last
  assigned_unit integer,                    -- who works it
  assigned_revision integer not null,       -- the revision by which it was given to it
  assigned_reason text not null,            -- filed, boundary (a border was moved) or manual (somebody transferred it)
  needs_confirmation integer not null,      -- 1 while a person should look before anyone is sent
  flagged integer not null,                 -- 1 when it was transferred by hand and a revision since gives the place to another
  behind integer not null,                  -- 1 until it was looked at by a newer revision that was in force when it came in
  stage text not null,                      -- where it stands
  handled_at text,                          -- when it was handled; RFC 3339 with microseconds, UTC
  closed_at text,                           -- when it was closed; RFC 3339 with microseconds, UTC
  returned integer not null,                -- how often it was sent back
  version integer not null,                 -- counts its writes
  constraint pk_report primary key (id),
  constraint uk_report_key unique (source, key),
  constraint fk_report_revision foreign key (revision) references revision (number),
  constraint fk_report_assigned_revision foreign key (assigned_revision) references revision (number),
  constraint fk_report_assigned_unit foreign key (assigned_unit) references unit (id),
  constraint fk_report_filed_unit foreign key (filed_unit) references unit (id),
  constraint ck_report_body check (length(body) = 32),
  constraint ck_report_outcome check (outcome in ('inside', 'nearby', 'outside')),
  constraint ck_report_reason check (assigned_reason in ('filed', 'boundary', 'manual')),
  constraint ck_report_stage check (stage in ('collected', 'dispatched', 'handled', 'closed', 'assessed')),
  constraint ck_report_closed check ((stage in ('closed', 'assessed')) = (closed_at is not null)),
  constraint ck_report_version check (version > 0)
);
create index ix_report_received on report (received_at);
create index ix_report_unit on report (assigned_unit, stage);
create index ix_report_source_ref on report (source_ref) where source_ref is not null;
create index ix_report_open on report (due_at) where stage in ('collected', 'dispatched', 'handled');
create index ix_report_place on report (x);
create index ix_report_behind on report (id) where behind = 1;

-- What happened to a report after it was filed. Rows are added and never changed.
create table report_step (
  report integer not null,                  -- the report
  seq integer not null,                     -- 1 for the first after the filing
  kind text not null,                       -- staged, transferred, moved, flagged
  actor text not null,                      -- who did it, or revision:NUMBER
  made_at text not null,                    -- when; RFC 3339 with microseconds, UTC
  comment text,                             -- what was said
  was text,                                 -- the stage before, or the id of the unit before
  became text,                              -- the stage after, or the id of the unit after
  constraint pk_report_step primary key (report, seq),
  constraint fk_report_step_report foreign key (report) references report (id),
  constraint ck_report_step_kind check (kind in ('staged', 'transferred', 'moved', 'flagged'))
);

-- How far open reports have followed the revisions. A report that comes in by a revision older than the one begun is
-- behind, and is looked at with the next step.
create table relocation (
  one integer not null,                     -- always 1: there is one row
  begun integer not null,                   -- the revision that open reports are being looked at by; 0 before the first
  done integer not null,                    -- the revision that all of them were looked at by
  constraint pk_relocation primary key (one),
  constraint ck_relocation_one check (one = 1),
  constraint ck_relocation_order check (done <= begun)
);

insert into relocation (one, begun, done) values (1, 0, 0);
