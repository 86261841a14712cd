-- An owner says that it lives. Locks its row; primary key of owner.
insert into {schema}.owner as o (name, lease, seen_at) values (@owner, @lease, clock_timestamp())
on conflict (name) do update set lease = excluded.lease, seen_at = excluded.seen_at
