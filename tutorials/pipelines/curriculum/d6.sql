SELECT
 -- 2,485 rows of three days are public by 09:30
 (SELECT sum(rows) FROM judged_live WHERE dataset = 'pub_punctuality' AND rows_wrong = 0
   AND partition BETWEEN '2013-01-05' AND '2013-01-07' AND live_from <= '2013-01-08T09:30:00Z') = 2485
 -- until then the last right day was: nobody read an empty one after 08:32
 AND NOT EXISTS (SELECT 1 FROM wrong_read WHERE at > '2013-01-08T08:32:00Z')
 -- and a check that every honest day passes holds an empty one back
 AND EXISTS (SELECT 1 FROM check_result WHERE severity = 'block' AND status = 'pass' AND observed = 720) AS ok;
