-- Writes messages in their order. Locks nothing; the indexes of the table.
insert into {table} (kind, payload)
select m.kind, m.payload::json from unnest(@kinds, @payloads) with ordinality as m(kind, payload, position) order by m.position
