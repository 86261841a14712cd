-- Raises the epoch. Takes the write lock, so it waits for a commit under way; unique index of partition.
insert into partition (queue, number, epoch, owner, owned_at) values (@queue, @number, 1, @owner, cast(unixepoch('subsec') * 1000000 as integer))
on conflict (queue, number) do update set epoch = epoch + 1, owner = excluded.owner, owned_at = excluded.owned_at
returning id, epoch, last_sequence
