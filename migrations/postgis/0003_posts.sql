-- Who answers for a unit, and when. Dated rows beside the revisions: not part of a state or of its hash.
create table post (
  id bigint generated always as identity,   -- a number for this database; means nothing
  unit bigint not null,                     -- the unit
  title text not null,                      -- 一级网格长, 专职网格员, 民警 …
  holder text,                              -- the holder's name as shown; null for a vacant post
  phone text,                               -- shown from the role worker upwards, never in tiles or exports
  valid_from date not null,                 -- the first day
  valid_to date,                            -- the day after the last one; null for open-ended
  constraint pk_post primary key (id),
  constraint fk_post_unit foreign key (unit) references unit (id),
  constraint ck_post_phone check (phone is null or holder is not null),
  constraint ck_post_span check (valid_to > valid_from)
);
create index ix_post_unit on post (unit);
