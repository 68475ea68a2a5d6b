-- What planners draw before it is a revision: drafts with their operations and their trail, who works where, ids
-- that drafts have taken, and where the ground of units went that published drafts split and merged.

-- A planner's work on top of a revision.
create table draft (
  id integer not null,                      -- 1 for the first; drafts are never deleted
  layer text not null,                      -- the layer that it is about
  title text not null,                      -- what reviewers see first
  reason text not null,                     -- why it is drawn
  document text,                            -- the number of the document that orders it
  base integer not null,                    -- the revision on which its operations stand
  author text not null,                     -- who draws it
  stage text not null,                      -- where it stands in its life
  approved_by text,                         -- who approved
  approved_change blob,                     -- the hash of the change that was approved, 32 bytes
  scheduled_at text,                        -- when it is to be published; RFC 3339 with microseconds, UTC
  blocked text,                             -- why it could not be published at its moment
  published integer,                        -- the revision that it became
  reverts integer,                          -- the revision that it takes back
  version integer not null,                 -- counts its writes; whoever writes names the one that he saw
  created_at text not null,                 -- when it was begun; RFC 3339 with microseconds, UTC
  updated_at text not null,                 -- when it was written last; RFC 3339 with microseconds, UTC
  constraint pk_draft primary key (id),
  constraint fk_draft_layer foreign key (layer) references layer (name),
  constraint fk_draft_base foreign key (base) references revision (number),
  constraint fk_draft_published foreign key (published) references revision (number),
  constraint fk_draft_reverts foreign key (reverts) references revision (number),
  constraint uk_draft_published unique (published),
  constraint ck_draft_stage check (stage in
    ('draft', 'submitted', 'approved', 'scheduled', 'published', 'returned', 'withdrawn', 'blocked')),
  constraint ck_draft_approval check ((approved_by is null) = (approved_change is null)),
  constraint ck_draft_approved_change check (length(approved_change) = 32),
  constraint ck_draft_scheduled check (stage <> 'scheduled' or scheduled_at is not null),
  constraint ck_draft_revision check ((stage = 'published') = (published is not null))
);
create index ix_draft_scheduled on draft (scheduled_at) where stage = 'scheduled';

-- What was drawn, in order: the intent and the change that it was resolved to.
create table draft_operation (
  draft integer not null,                   -- the draft
  seq integer not null,                     -- 1 for its first operation; never given again
  name text not null,                       -- the kind of operation, by which undo and redo call it
  operation text not null,                  -- JSON: what was asked for
  change text not null,                     -- JSON: what it does, with ids; on the base of the draft
  standing text not null,                   -- done: part of the draft; undone: may be redone; dropped: neither
  made_by text not null,                    -- who drew it
  made_at text not null,                    -- when; RFC 3339 with microseconds, UTC
  constraint pk_draft_operation primary key (draft, seq),
  constraint fk_draft_operation_draft foreign key (draft) references draft (id),
  constraint ck_draft_operation_seq check (seq > 0),
  constraint ck_draft_operation_standing check (standing in ('done', 'undone', 'dropped'))
);

-- The steps of a draft's life and what people said of it.
create table draft_event (
  draft integer not null,                   -- the draft
  seq integer not null,                     -- 1 for its first
  kind text not null,                       -- created, submitted, approved …
  actor text not null,                      -- who did it
  comment text,                             -- what was said
  made_at text not null,                    -- when; RFC 3339 with microseconds, UTC
  constraint pk_draft_event primary key (draft, seq),
  constraint fk_draft_event_draft foreign key (draft) references draft (id),
  constraint ck_draft_event_seq check (seq > 0)
);

-- Who works where. A claim keeps nobody out; it is shown, and ends by itself.
create table draft_claim (
  draft integer not null,                   -- the draft in which somebody works
  actor text not null,                      -- who
  units text not null,                      -- JSON list: the ids of the units that he works on
  until text not null,                      -- when it ends; RFC 3339 with microseconds, UTC
  constraint pk_draft_claim primary key (draft, actor),
  constraint fk_draft_claim_draft foreign key (draft) references draft (id)
);

-- Ids that drafts have taken for units to come, so that no two drafts make the same.
create table reserved_unit (
  id integer not null,                      -- positive, below 2^53
  draft integer not null,                   -- the draft that took it
  constraint pk_reserved_unit primary key (id),
  constraint fk_reserved_unit_draft foreign key (draft) references draft (id),
  constraint ck_reserved_unit_id check (id between 1 and 9007199254740991)
);

-- Units that took ground of units that are no more, and units of whose ground new ones were made.
create table lineage (
  revision integer not null,                -- the revision that did it
  unit integer not null,                    -- the unit before
  heir integer not null,                    -- the unit after
  constraint pk_lineage primary key (revision, unit, heir),
  constraint fk_lineage_revision foreign key (revision) references revision (number),
  constraint fk_lineage_unit foreign key (unit) references unit (id),
  constraint fk_lineage_heir foreign key (heir) references unit (id)
);
create index ix_lineage_unit on lineage (unit);
