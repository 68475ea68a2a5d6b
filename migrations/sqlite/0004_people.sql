-- Who may do what: accounts with their roles and their ground, sessions of browsers, tokens of programs; and
-- the audit, which says who did what. No secret is stored: of a password only what argon2id makes of it, of a
-- session's or a token's secret only its SHA-256. Moments are RFC 3339 with microseconds, UTC.

-- Who signs in. Never deleted, because the audit names them; disabled instead.
create table account (
  name text not null,                       -- what one signs in with; lower case, never changed
  display_name text not null,               -- as shown to others
  password text not null,                   -- argon2id in PHC form, with its salt and its costs
  created_at text not null,                 -- when it was made
  disabled_at text,                         -- since when it may do nothing; null: it may
  constraint pk_account primary key (name),
  constraint ck_account_name check (length(name) between 1 and 64),
  constraint ck_account_password check (password like '$argon2id$%')
);

-- What an account may be, on every layer or on one.
create table account_role (
  account text not null,                    -- whose
  role text not null,                       -- viewer, worker, planner, approver, dispatcher, auditor, admin
  layer text,                               -- the layer; null: every one
  constraint fk_account_role_account foreign key (account) references account (name),
  constraint fk_account_role_layer foreign key (layer) references layer (name),
  constraint ck_account_role_role check (role in ('viewer', 'worker', 'planner', 'approver', 'dispatcher', 'auditor', 'admin'))
);
create unique index uk_account_role on account_role (account, role, coalesce(layer, ''));

-- The ground on which an account may change things: these units with whatever lies below them. An account
-- without a row has all units of the layers of its roles.
create table account_territory (
  account text not null,                    -- whose
  unit integer not null,                    -- the unit
  constraint pk_account_territory primary key (account, unit),
  constraint fk_account_territory_account foreign key (account) references account (name),
  constraint fk_account_territory_unit foreign key (unit) references unit (id)
);

-- Browsers in which somebody is signed in. A session that ended has no row.
create table session (
  hash blob not null,                       -- SHA-256 of the cookie's secret, 32 bytes
  account text not null,                    -- who
  created_at text not null,                 -- when they signed in
  seen_at text not null,                    -- when they were last seen, to some minutes
  expires_at text not null,                 -- when it ends unless they are seen before
  constraint pk_session primary key (hash),
  constraint fk_session_account foreign key (account) references account (name),
  constraint ck_session_hash check (length(hash) = 32),
  constraint ck_session_span check (expires_at > created_at)
);
create index ix_session_account on session (account);

-- Keys of programs. Never deleted, because the audit names them; revoked instead.
create table token (
  name text not null,                       -- what people call it
  hash blob not null,                       -- SHA-256 of its secret, 32 bytes
  account text,                             -- acts as this account; null: has roles of its own
  created_at text not null,                 -- when it was made
  expires_at text,                          -- when it ends; null: when it is revoked
  revoked_at text,                          -- since when it may do nothing; null: it may
  constraint pk_token primary key (name),
  constraint fk_token_account foreign key (account) references account (name),
  constraint uk_token_hash unique (hash),
  constraint ck_token_name check (length(name) between 1 and 64),
  constraint ck_token_hash check (length(hash) = 32),
  constraint ck_token_span check (expires_at > created_at)
);

-- What a token without an account may be, on every layer or on one.
create table token_role (
  token text not null,                      -- whose
  role text not null,                       -- as in account_role
  layer text,                               -- the layer; null: every one
  constraint fk_token_role_token foreign key (token) references token (name),
  constraint fk_token_role_layer foreign key (layer) references layer (name),
  constraint ck_token_role_role check (role in ('viewer', 'worker', 'planner', 'approver', 'dispatcher', 'auditor', 'admin'))
);
create unique index uk_token_role on token_role (token, role, coalesce(layer, ''));

-- Who did what, entry by entry without holes. Each holds the hash of the one before, so that nothing in the
-- middle can be changed, taken out or put in unseen.
create table audit (
  seq integer not null,                     -- 1 for the first, then one more with each
  at text not null,                         -- when, to the microsecond
  actor text not null,                      -- an account, token:NAME, cli, or local on a server without accounts
  action text not null,                     -- account.added, session.started …
  subject text not null,                    -- to what it was done: a name, a number
  data text not null,                       -- JSON object of what else is to be known; never a secret
  prev blob not null,                       -- hash of the entry before; zeros before the first
  hash blob not null,                       -- SHA-256 over prev and all other columns, 32 bytes
  constraint pk_audit primary key (seq),
  constraint uk_audit_prev unique (prev),
  constraint ck_audit_seq check (seq > 0),
  constraint ck_audit_prev check (length(prev) = 32),
  constraint ck_audit_hash check (length(hash) = 32)
);

create trigger tg_audit_keeps before update on audit begin
  select raise(abort, 'the audit is append-only');
end;
create trigger tg_audit_stays before delete on audit begin
  select raise(abort, 'the audit is append-only');
end;
