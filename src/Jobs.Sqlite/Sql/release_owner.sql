-- An owner has ended in order. Takes the write lock; scans partition, which is small.
update partition set owner = null where owner = @owner
