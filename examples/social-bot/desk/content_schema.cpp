#include "desk/content_schema.h"

#include <array>
#include <cstdlib>

#include "desk/migrations.h"

namespace bot {
namespace {

constexpr std::array kScripts = {R"(
create table content (
  id           integer primary key,
  status       text not null check (status in ('queued', 'posting', 'posted', 'failed', 'removed')),
  topic        text not null,
  format       text not null,
  text         text not null,
  key          text not null unique,   -- sent along, so that the site publishes a row once
  site_id      text unique,            -- what the site calls it, once posted
  scheduled_at integer not null,
  posted_at    integer,
  created_at   integer not null,
  updated_at   integer not null
) strict;
create index content_by_status on content (status, scheduled_at);
create index content_by_created_at on content (created_at);

create table metrics (                 -- one row a look at one of our posts
  content_id integer not null references content,
  at         integer not null,
  likes      integer not null,
  reposts    integer not null,
  replies    integer not null,
  views      integer not null,
  primary key (content_id, at)
) strict, without rowid;

create table weights (                 -- what learning made of it: 1.0 is average
  kind       text not null check (kind in ('topic', 'format', 'style')),
  name       text not null,
  weight     real not null,
  samples    integer not null,
  updated_at integer not null,
  primary key (kind, name)
) strict, without rowid;

create table opportunities (           -- other people's big posts, and our answer to them
  id           text primary key,       -- the site's id of their post
  status       text not null check (status in ('open', 'answering', 'answered', 'stale')),
  author       text not null,
  topic        text not null,
  likes        integer not null,
  published_at integer not null,
  found_at     integer not null,
  key          text not null unique,
  style        text,
  reply_id     text,
  answered_at  integer
) strict, without rowid;
create index opportunities_by_status on opportunities (status, likes);

create table reply_metrics (
  opportunity_id text not null references opportunities,
  at             integer not null,
  likes          integer not null,
  replies        integer not null,
  primary key (opportunity_id, at)
) strict, without rowid;

create table accounts (
  name         text primary key,
  topic        text not null,
  followers    integer not null,
  score        real not null,
  found_at     integer not null,
  last_seen_at integer not null
) strict, without rowid;

create table seen_posts (              -- posts of peers and posts that went viral
  id           text primary key,
  author       text not null,
  topic        text not null,
  format       text not null,
  text         text not null,
  likes        integer not null,
  viral        integer not null,
  published_at integer not null,
  seen_at      integer not null
) strict, without rowid;

create table viral_features (          -- what sets viral posts apart from the others
  feature    text primary key,
  viral_mean real not null,
  other_mean real not null,
  t          real not null,            -- Welch's t: beyond +-2 it is hardly chance
  viral_n    integer not null,
  other_n    integer not null,
  updated_at integer not null
) strict, without rowid;

create table news (
  id           text primary key,
  topic        text not null,
  headline     text not null,
  published_at integer not null,
  found_at     integer not null
) strict, without rowid;

create table trends (
  topic  text not null,
  at     integer not null,
  volume integer not null,
  primary key (topic, at)
) strict, without rowid;

create table followers (
  at    integer primary key,
  count integer not null
) strict;

create table analytics (
  bucket     text not null check (bucket in ('hour', 'day')),
  start_at   integer not null,
  posts      integer not null,
  replies    integer not null,
  likes      integer not null,         -- gained in the bucket, by the metrics
  updated_at integer not null,
  primary key (bucket, start_at)
) strict, without rowid;
)"};

}  // namespace

Database open_content() {
  const char* path = std::getenv("CONTENT_DB");
  return open_migrated(path == nullptr || *path == '\0' ? "content.db" : path, kScripts);
}

}  // namespace bot
