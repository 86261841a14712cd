-- Raises the epoch, and waits for commits under way that hold the row FOR SHARE. Locks the row; unique index of partition.
insert into {schema}.partition as p (queue, number, epoch, owner, owned_at) values (@queue, @number, 1, @owner, now())
on conflict (queue, number) do update set epoch = p.epoch + 1, owner = excluded.owner, owned_at = now()
returning id, epoch, strategy
