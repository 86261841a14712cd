-- As resolve_epoch, for a commit of nothing but new jobs. Primary key of intake.
update {schema}.intake set epoch = epoch + 1 where partition_id = @partition and given_epoch = @given returning epoch
