-- The whole commit of one new job without a unique key: fence, count, insert. Locks the partition's intake row; primary key of intake, all
-- indexes of job.
select {schema}.take_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
